// Keeps a visitor's secret in a cookie, so that a reload is the same visitor. A cookie that another tab has set first
// stays, and Python is told.

const NAME = "proving_ground_visitor";
const A_YEAR_S = 31536000;

export default function keep({ data, setStateValue }) {
  const kept = document.cookie
    .split("; ")
    .find((pair) => pair.startsWith(`${NAME}=`))
    ?.slice(NAME.length + 1);
  if (/^[0-9a-f]{32}$/.test(kept ?? "")) {
    if (kept !== data.secret) setStateValue("kept", kept);
    return;
  }
  const secure = location.protocol === "https:" ? "; Secure" : "";
  document.cookie = `${NAME}=${data.secret}; path=/; max-age=${A_YEAR_S}; SameSite=Lax${secure}`;
}

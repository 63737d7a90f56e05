// The controls of the playground: real buttons, lists and sliders, so that a keyboard and a screen reader have them too.
// svg.js stands before it.

function pressed(parent, className, text, onPress) {
  const button = made("button", className, parent, text);
  button.type = "button";
  button.addEventListener("click", onPress);
  return button;
}

// A labelled place for a control: `control` names it for whoever hides it.
function labelled(parent, control, text, title = "") {
  const label = made("label", "field", parent);
  label.dataset.control = control;
  if (title) label.title = title;
  made("span", "name", label, text);
  return label;
}

// options: [value, text]. `show(value)` chooses one, and makes it where it is none of them.
function listed(parent, control, text, options, onChoose, title = "") {
  const label = labelled(parent, control, text, title);
  const select = made("select", "", label);
  const add = ([value, shown]) => {
    const option = made("option", "", select, shown);
    option.value = String(value);
  };
  options.forEach(add);
  select.addEventListener("change", () => onChoose(select.value));
  return {
    label,
    show(value, shown = String(value)) {
      if (![...select.options].some((option) => option.value === String(value))) add([value, shown]);
      select.value = String(value);
    },
  };
}

function ranged(parent, control, text, { low, high, step }, say, onMove, title = "") {
  const label = labelled(parent, control, text, title);
  const value = made("output", "value", label);
  const range = made("input", "range", label);
  Object.assign(range, { type: "range", min: low, max: high, step });
  const show = (now) => {
    range.value = now;
    value.textContent = say(now);
    range.setAttribute("aria-valuetext", say(now));
  };
  range.addEventListener("input", () => {
    show(Number(range.value));
    onMove(Number(range.value));
  });
  return { label, show };
}

function folded(parent, control, text) {
  const fold = made("details", "fold", parent);
  if (control) fold.dataset.control = control;
  made("summary", "", fold, text);
  return made("div", "inside", fold);
}

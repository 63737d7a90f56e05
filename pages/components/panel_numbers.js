// Numbers as core/formatting/numbers.py writes them: $1.24M, −$310K, 35.2%. Nothing has no sign; a share is neither none nor all
// unless it is.
class Speech {
  constructor(locale, currency) {
    let tag = locale || "en";
    try {
      new Intl.NumberFormat(tag);
    } catch {
      tag = "en";
    }
    const number = { signDisplay: "negative" }; // and not of a zero, nor of what rounds to one
    let money = { ...number, style: "currency", currency: currency || "USD", currencyDisplay: "narrowSymbol" };
    this.after = "";
    try {
      new Intl.NumberFormat(tag, money);
    } catch {
      money = number; // no currency of the world: points, hours
      this.after = `\u00a0${currency}`;
    }
    const compact = { ...money, notation: "compact" };
    this.large = new Intl.NumberFormat(tag, {
      ...compact, minimumSignificantDigits: 3, maximumSignificantDigits: 3,
    });
    this.short = new Intl.NumberFormat(tag, { ...compact, maximumSignificantDigits: 3 });
    this.two = new Intl.NumberFormat(tag, { ...money, minimumSignificantDigits: 2, maximumSignificantDigits: 2 });
    this.counts = new Intl.NumberFormat(tag, { ...number, notation: "compact", maximumSignificantDigits: 3 });
    this.small = new Intl.NumberFormat(tag, { ...money, maximumFractionDigits: 2 });
    this.none = new Intl.NumberFormat(tag, { ...money, maximumFractionDigits: 0 });
    this.whole = new Intl.NumberFormat(tag, { ...number, maximumFractionDigits: 0 });
    this.tenths = new Intl.NumberFormat(tag, { ...number, minimumFractionDigits: 1, maximumFractionDigits: 1 });
    this.few = new Intl.NumberFormat(tag, {
      ...number, maximumSignificantDigits: 3, maximumFractionDigits: 0, roundingPriority: "morePrecision",
    });
    this.percents = [0, 1, 2, 3, 4].map(
      (digits) => new Intl.NumberFormat(tag, {
        ...number, style: "percent", minimumFractionDigits: digits, maximumFractionDigits: digits,
      }),
    );
  }

  write(format, value) {
    const parts = format.formatToParts(value);
    return parts.map((part) => (part.type === "minusSign" ? "\u2212" : part.value)).join("");
  }

  money(value) {
    return this.write(Math.abs(value) < 999.5 ? this.none : this.large, value) + this.after;
  }

  tick(value) {
    return this.write(value === 0 ? this.none : this.short, value) + this.after;
  }

  each(value) {
    const format = Number.isInteger(value) ? this.none : this.small;
    return this.write(Math.abs(value) >= 100000 ? this.short : format, value) + this.after;
  }

  // Small prices, with two digits that count.
  cents(value) {
    return value >= 10 ? this.money(value) : this.write(this.two, value) + this.after;
  }

  // 7,000,000,000: 7B.
  compact(value) {
    return this.write(this.counts, value);
  }

  signed(value) {
    return value >= 0.5 ? `+${this.money(value)}` : this.money(value);
  }

  count(value) {
    return this.write(this.whole, value);
  }

  amount(value) {
    return this.write(this.few, value);
  }

  // So many seconds as a clock says them: 1 min 22 s. words: how minutes and hours are put, with names in braces.
  duration(seconds, words) {
    const size = Math.abs(seconds);
    const told = size < 59.5 ? this.ofSeconds(size, words) : this.ofMinutes(Math.round(size), words);
    return seconds < 0 && size >= 0.05 ? `\u2212${told}` : told;
  }

  ofSeconds(size, words) {
    if (size > 0 && size < 0.05) return words.instant;
    const seconds = size > 0 && size < 9.95 ? this.write(this.tenths, size) : this.count(size);
    return fill(words.seconds, { seconds });
  }

  ofMinutes(whole, words) {
    const [minutes, rest] = [Math.floor(whole / 60), whole % 60];
    if (minutes < 60) return rest ? fill(words.minutes, { minutes, rest }) : fill(words.whole_minutes, { minutes });
    const [hours, more] = [Math.floor(minutes / 60), minutes % 60];
    const said = { hours: this.count(hours), minutes: more };
    return fill(more ? words.hours : words.whole_hours, said);
  }

  percent(value, digits = 0) {
    const most = Math.max(digits, 1);
    for (let places = digits; places <= most; places += 1) {
      const shown = Number((100 * value).toFixed(places));
      if ((shown > 0 || value <= 0) && (shown < 100 || value >= 1)) return this.write(this.percents[places], value);
    }
    const step = 10 ** -most / 100;
    const end = value < 0.5 ? step : 1 - step;
    return (value < 0.5 ? "<" : ">") + this.write(this.percents[most], end);
  }
}

function fill(template, values) {
  return String(template).replace(/\{(\w+)\}/g, (whole, name) =>
    name in values ? String(values[name]) : whole,
  );
}

// Pictures that a network makes of noise, the same noise in every epoch: small greys, a hexadecimal digit a pixel.

const MADE_IN_A_ROW = 8;

// The address of all of them side by side, and how many pixels wide and high that is.
function madeSheet(shades) {
  const columns = Math.min(MADE_IN_A_ROW, shades.of.length);
  const rows = Math.ceil(shades.of.length / columns);
  const sheet = document.createElement("canvas");
  [sheet.width, sheet.height] = [columns * (shades.wide + 1) - 1, rows * (shades.high + 1) - 1];
  const pen = sheet.getContext("2d");
  for (const [place, digits] of shades.of.entries()) {
    const image = pen.createImageData(shades.wide, shades.high);
    for (let i = 0; i < digits.length; i += 1) {
      image.data.fill(17 * Number.parseInt(digits[i], 16), 4 * i, 4 * i + 3);
      image.data[4 * i + 3] = 255;
    }
    const [across, down] = [place % columns, Math.floor(place / columns)];
    pen.putImageData(image, across * (shades.wide + 1), down * (shades.high + 1));
  }
  return { address: sheet.toDataURL(), width: sheet.width, height: sheet.height };
}

class MadePicture {
  constructor(plot) {
    this.plot = plot;
    this.told = null;
  }

  draw(shades) {
    const { plot } = this;
    const width = Math.min(Math.round(plot.parentElement.clientWidth), 560);
    if (width <= 0 || (this.told === shades && this.width === width)) return;
    [this.told, this.width] = [shades, width];
    const sheet = madeSheet(shades);
    const height = Math.round((width * sheet.height) / sheet.width);
    plot.setAttribute("viewBox", `0 0 ${width} ${height}`);
    plot.style.height = `${height}px`;
    plot.style.maxWidth = `${width}px`;
    plot.replaceChildren();
    svg("image", { href: sheet.address, width, height, preserveAspectRatio: "none", style: "image-rendering:pixelated" }, plot);
  }
}

// What comes out: the decision surface, which is also the sheet to draw points on, loss, accuracy and who is taken for whom.

const [BLUE, ORANGE, RUBBER] = [0, 1, 2];
const RUBBER_REACH = 0.55;

class OutputView {
  constructor(lab, parent) {
    this.lab = lab;
    const { words } = lab;
    this.root = made("section", "out", parent);
    this.title = made("h2", "part", this.root, words.output);
    const sheet = made("div", "sheet", this.root);
    this.canvas = made("canvas", "surface", sheet);
    this.canvas.tabIndex = 0;
    this.canvas.setAttribute("role", "application");
    this.canvas.setAttribute("aria-label", words.surface);
    this.note = made("p", "note", sheet);
    this.note.setAttribute("aria-hidden", "true");
    this.points = document.createElement("canvas");
    this.brush = null;
    this.cursor = null;
    this.tools(words);
    this.curve = made("canvas", "curve", this.root);
    this.curve.setAttribute("aria-hidden", "true");
    this.numbers(words);
    this.listen();
    this.watch = followWidth(sheet, () => lab.lay());
  }

  tools(words) {
    const row = made("div", "tools", this.root);
    row.dataset.control = "own";
    row.setAttribute("role", "group");
    row.setAttribute("aria-label", words.draw);
    made("span", "name", row, words.draw);
    this.brushes = [words.blue, words.orange, words.rubber].map((name, of) => {
      const button = pressed(row, `brush brush-${of}`, name, () => this.take(this.brush === of ? null : of));
      button.setAttribute("aria-pressed", "false");
      return button;
    });
    pressed(row, "brush", words.clear, () => this.lab.setOwn([]));
  }

  numbers(words) {
    const row = made("div", "numbers", this.root);
    const tile = (name, className) => {
      const one = made("div", `number ${className}`, row);
      made("span", "name", one, name);
      return made("output", "", one);
    };
    this.trainLoss = tile(words.train_loss, "of-train");
    this.testLoss = tile(words.test_loss, "of-test");
    const table = made("table", "confusion", row);
    made("caption", "visually-hidden", table, words.confusion);
    const head = made("tr", "", made("thead", "", table));
    this.corner = made("th", "", head);
    this.corner.scope = "col";
    for (const of of [words.blue, words.orange]) made("th", "", head, fill(words.taken_for, { name: of })).scope = "col";
    const body = made("tbody", "", table);
    this.cells = [words.blue, words.orange].map((name) => {
      const line = made("tr", "", body);
      made("th", "", line, name).scope = "row";
      return [made("td", "", line), made("td", "", line)];
    });
  }

  take(brush) {
    this.brush = brush;
    this.brushes.forEach((button, of) => button.setAttribute("aria-pressed", String(of === brush)));
    this.canvas.classList.toggle("draws", brush !== null);
    this.cursor = null;
    this.lab.draw();
  }

  listen() {
    const { canvas } = this;
    const at = (event) => {
      const box = canvas.getBoundingClientRect();
      const place = (part, size) => (part / size) * 2 * REACH - REACH;
      return [place(event.clientX - box.left, box.width), -place(event.clientY - box.top, box.height)];
    };
    canvas.addEventListener("pointerdown", (event) => {
      if (this.brush === null || event.button !== 0) return;
      event.preventDefault();
      try {
        canvas.setPointerCapture(event.pointerId);
      } catch {
        // a pointer that is gone already
      }
      this.last = null;
      this.stroke = this.lab.ownPoints();
      this.mark(at(event));
    });
    canvas.addEventListener("pointermove", (event) => {
      if (this.stroke) this.mark(at(event));
      else this.say(at(event));
    });
    for (const end of ["pointerup", "pointercancel", "lostpointercapture"]) {
      canvas.addEventListener(end, () => {
        if (!this.stroke) return;
        const own = this.stroke;
        this.stroke = null;
        this.lab.setOwn(own);
      });
    }
    canvas.addEventListener("pointerleave", () => this.say(null));
    canvas.addEventListener("keydown", (event) => this.key(event));
    canvas.addEventListener("blur", () => {
      this.cursor = null;
      this.lab.draw();
    });
  }

  // The arrows move a cross; with a brush in hand Enter or Space marks.
  key(event) {
    const way = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] }[event.key];
    if (way) {
      const step = event.shiftKey ? 1 : 0.25;
      const [x, y] = this.cursor ?? [0, 0];
      this.cursor = [clamped(x + step * way[0], -REACH, REACH), clamped(y + step * way[1], -REACH, REACH)];
      event.preventDefault();
      this.lab.draw();
      this.say(this.cursor);
      this.lab.announce(this.note.textContent);
    } else if ((event.key === "Enter" || event.key === " ") && this.brush !== null && this.cursor) {
      event.preventDefault();
      this.stroke = this.lab.ownPoints();
      this.last = null;
      this.mark(this.cursor);
      const own = this.stroke;
      this.stroke = null;
      this.lab.setOwn(own);
    }
  }

  mark([x, y]) {
    if (Math.abs(x) > REACH || Math.abs(y) > REACH) return;
    if (this.brush === RUBBER) {
      this.stroke = this.stroke.filter(([px, py]) => Math.hypot(px - x, py - y) > RUBBER_REACH);
    } else {
      if (this.stroke.length >= MOST_POINTS || (this.last && Math.hypot(this.last[0] - x, this.last[1] - y) < 0.3)) return;
      this.stroke.push([x, y, this.brush]);
      this.last = [x, y];
    }
    this.drawPoints();
    this.drawSurface();
  }

  // What the network says at a place.
  say(place) {
    const { training, words, say } = this.lab;
    if (!place) {
      this.note.textContent = "";
      return;
    }
    const inputs = training.featuresAt([place[0]], [place[1]]);
    this.single ??= { network: null };
    if (this.single.network !== training.network) this.single = { network: training.network, room: training.network.room(1) };
    const share = sigmoid(training.network.forward(inputs, 1, this.single.room)[0]);
    const isOrange = share > 0.5;
    this.note.textContent = fill(words.says, {
      share: say.percent(isOrange ? share : 1 - share), name: isOrange ? words.orange : words.blue,
    });
  }

  lay() {
    this.size = Math.round(this.canvas.clientWidth);
    this.curveWidth = Math.round(this.curve.clientWidth);
    this.drawPoints();
  }

  drawPoints() {
    const context = fitted(this.points, this.size, this.size);
    const { points } = this.lab.training;
    const own = this.stroke;
    const shown = own
      ? { x: own.map((p) => p[0]), y: own.map((p) => p[1]), label: own.map((p) => p[2]), train: own.length }
      : points;
    paintPoints(context, this.size, shown, this.lab.colours, this.size < 260 ? 2.8 : 3.6);
  }

  drawSurface() {
    const { plane, colours, looked, network } = this.lab;
    const context = fitted(this.canvas, this.size, this.size);
    let tile = plane.tile(0).canvas;
    if (looked?.feature) tile = plane.tile(1 + Object.keys(FEATURES).indexOf(looked.feature)).canvas;
    else if (looked) tile = network.paintUnit(7 + MOST_LAYERS * MOST_UNITS + 2, looked.layer, looked.unit);
    context.imageSmoothingEnabled = true;
    context.drawImage(tile, 0, 0, this.size, this.size);
    if (!looked) {
      context.strokeStyle = colours.text;
      context.lineWidth = 1.6;
      context.globalAlpha = 0.75;
      plane.border(context, this.size);
      context.globalAlpha = 1;
    }
    context.drawImage(this.points, 0, 0, this.size, this.size);
    if (this.cursor) this.drawCursor(context);
  }

  drawCursor(context) {
    const place = (at) => ((at + REACH) / (2 * REACH)) * this.size;
    const [x, y] = [place(this.cursor[0]), this.size - place(this.cursor[1])];
    context.strokeStyle = this.lab.colours.text;
    context.lineWidth = 2;
    context.beginPath();
    context.moveTo(x - 9, y);
    context.lineTo(x + 9, y);
    context.moveTo(x, y - 9);
    context.lineTo(x, y + 9);
    context.stroke();
  }

  draw() {
    const { training, say, words, plane, ramp, looked, colours } = this.lab;
    plane.paint(0, ramp, plane.scores, 0, 1, "score");
    this.drawSurface();
    put(this.title, looked ? this.lab.nameOf(looked) : words.output);
    const { train, test, rows, points, history } = training;
    const isHeld = rows > points.train;
    const told = (one) => (Number.isFinite(one.loss) ? say.amount(one.loss) : words.no_number);
    put(this.trainLoss, rows ? fill(words.loss_and_share, { loss: told(train), share: say.percent(train.accuracy) }) : words.none);
    put(this.testLoss, isHeld ? fill(words.loss_and_share, { loss: told(test), share: say.percent(test.accuracy) }) : words.none);
    put(this.corner, isHeld ? words.of_test : words.of_train);
    const { counts } = isHeld ? test : train;
    for (const row of [0, 1]) for (const column of [0, 1]) put(this.cells[row][column], say.count(counts[row][column]));
    const context = fitted(this.curve, this.curveWidth, 84);
    const epochs = [...history.map((one) => one.epoch), training.epoch];
    const top = Math.max(1.25 * training.constant, Math.min(3, history[0].train * 1.1), 0.1);
    const lines = [
      [[...history.map((one) => one.test), test.loss], colours.muted, [4, 3]],
      [[...history.map((one) => one.train), train.loss], colours.network, []],
    ];
    paintCurves(context, this.curveWidth, 84, epochs, lines, colours, top);
  }
}

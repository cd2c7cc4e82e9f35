// Runs in the page, beside JupyterLab: answers what the tests ask of it.
// Cells are named by their number, since JupyterLab takes cells that are
// off the screen out of the document and later puts new elements there.
const probe = (() => {
  const panel = () => window.jupyterapp?.shell.currentWidget;
  const kernel = () => panel()?.sessionContext?.session?.kernel;
  const frame = () => new Promise(requestAnimationFrame);
  const shared = () => panel().content.model.sharedModel.cells;
  const cell = (i) =>
    document.querySelector(`.jp-Cell[data-windowed-list-index="${i}"]`);
  const find = (i, selector) =>
    [...(cell(i)?.querySelectorAll(selector) ?? [])];
  const output = (i) => cell(i)?.querySelector(".jp-Cell-outputWrapper");
  const area = (box) => box.width * box.height;

  function picture(i) {
    const all = [...(output(i)?.querySelectorAll("img, canvas") ?? [])];
    const size = (e) => area(e.getBoundingClientRect());
    return all.sort((a, b) => size(b) - size(a))[0] ?? null;
  }

  function isDrawn(element) {
    if (!element) return false;
    return element.tagName !== "IMG"
      || (element.complete && element.naturalWidth > 0);
  }

  const isLoading = (i) => picture(i)?.complete === false;

  function unsetFormulas(element) {
    const text = element.cloneNode(true);
    text.querySelectorAll("code, mjx-container").forEach((e) => e.remove());
    return text.textContent.split("\n").filter((line) => line.includes("$"));
  }

  // JupyterLab draws a cell some time after it scrolls into view: what of
  // it is still to come?
  function missing(i) {
    const texts = find(i, ".jp-RenderedMarkdown, .widget-htmlmath-content");
    const parts = shared()[i].cell_type === "code"
      ? shared()[i].getOutputs().length
        - find(i, ".jp-OutputArea-output").length
      : 1 - texts.length;
    return [...(parts > 0 ? [`${parts} parts`] : []),
      ...texts.flatMap(unsetFormulas)];
  }

  // what MathJax could not read stands in its text for screen readers
  const unreadFormulas = (i) =>
    find(i, "merror, mtext[mathcolor=red]")
      .map((e) => e.dataset.mjxError ?? `unknown ${e.textContent}`);

  // JupyterLab itself puts "Image" or a like sentence where nothing stands
  const imagesWithoutAlt = (i) => find(i, "img")
    .filter((e) => /^\s*(image|no description .*)?$/i.test(e.alt));

  const cutLabels = (i) => find(i, ".widget-label")
    .filter((e) => e.scrollWidth > e.clientWidth + 1)
    .map((e) => e.innerText);

  // what can be read only after scrolling sideways
  const tooWide = (i) => find(i, "*")
    .filter((e) => e.clientWidth > 0 && e.scrollWidth > e.clientWidth + 1
      && /auto|scroll/.test(getComputedStyle(e).overflowX))
    .map((e) => `${e.scrollWidth} pixels on ${e.clientWidth}`);

  function isInView(i) {
    const box = cell(i)?.getBoundingClientRect();
    return !!box && box.height > 0 && box.top >= 0
      && box.bottom <= window.innerHeight;
  }

  function state(i) {
    const element = picture(i);
    const box = element?.getBoundingClientRect();
    const frame = output(i)?.getBoundingClientRect();
    return {
      drawn: isDrawn(element),
      alt: element?.getAttribute("alt") ?? null,
      source: element?.src ?? "",
      x: box?.x, y: box?.y, width: box?.width, height: box?.height,
      place: box && frame
        ? `${Math.round(box.height)} high, ${Math.round(box.y - frame.y)} down`
        : "absent",
    };
  }

  const SETTLE_LIMIT = 10_000; // milliseconds
  const LOOK_LIMIT = 4_000;
  const pending = new Set();
  const heard = [];
  let ran = false;
  let watch = null;
  let clock = null;

  return {
    cell, state, panel,

    isReady() {
      // `idle` alone is already true before the kernel is connected.
      return !!panel()?.content?.model && kernel()?.status === "idle"
        && kernel().connectionStatus === "connected";
    },
    // Remember what was sent to the kernel and is not yet worked off; the
    // kernel's own status lags behind by an unknown time.
    listen() {
      kernel().anyMessage.connect((_, { msg, direction }) => {
        if (direction === "send" && msg.channel === "shell") {
          pending.add(msg.header.msg_id);
        } else if (msg.header.msg_type === "status"
                   && msg.content.execution_state === "idle") {
          pending.delete(msg.parent_header.msg_id);
        } else if (msg.parent_header.msg_type === "comm_msg") {
          const { ename, evalue, name, text } = msg.content;
          if (msg.header.msg_type === "error") heard.push(`${ename}: ${evalue}`);
          if (name === "stderr") heard.push(text.trim());
        }
      });
    },

    // Wait until the kernel has answered all and the page has drawn it. A
    // question asked last comes through last, in the kernel and in the page.
    async settle(i) {
      const end = performance.now() + SETTLE_LIMIT;
      do {
        await kernel().requestKernelInfo();
        await frame();
        await frame();
      } while ((pending.size > 0 || isLoading(i)) && performance.now() < end);
    },

    // how the kernel writes the value of a Python expression
    async evaluate(expression) {
      const future = kernel().requestExecute({
        code: "", silent: true, user_expressions: { it: expression } });
      const { it } = (await future.done).content.user_expressions;
      if (it.status === "error") throw new Error(it.evalue);
      return it.data["text/plain"];
    },

    isRendered: (i) => missing(i).length === 0,

    declaresWidgets: (i) => shared()[i].cell_type === "code"
      && shared()[i].getOutputs().some((o) =>
        "application/vnd.jupyter.widget-view+json" in (o.data ?? {})),
    hasWidgets: (i) => !!output(i)?.querySelector(".jupyter-widgets"),
    hasFocusOnControl: (i) => !!output(i)?.contains(document.activeElement)
      && document.activeElement.matches(
        "[role=slider], .widget-toggle-button"),
    text: (i) => output(i)?.innerText ?? "",

    cells: () => shared().map((c) => ({
      type: c.cell_type,
      source: c.getSource(),
      gradeId: c.getMetadata("nbgrader")?.grade_id ?? null,
      count: c.execution_count ?? null,
      outputs: c.cell_type === "code" ? c.getOutputs() : [],
    })),

    async run(command) {
      ran = false;
      await window.jupyterapp.commands.execute(command);
      ran = true;
    },
    hasRun: () => ran,

    shutdown: () => panel().sessionContext.shutdown(),

    async show(i) {
      const notebook = panel().content;
      notebook.activeCellIndex = i;
      await notebook.scrollToItem(i, "start");
    },

    // While it opens a notebook, JupyterLab itself asks the kernel for
    // widgets that are not there, and the kernel warns.
    forget() { heard.length = 0; },

    // Errors and warnings since the last call: those of a callback stand
    // under the cell, in the widget, or only in the log of JupyterLab.
    messages(i) {
      const shown = output(i)?.querySelectorAll("[data-mime-type*=error],"
        + "[data-mime-type*=stderr], [role=alert]") ?? [];
      return heard.splice(0).concat(
        [...shown].map((e) => e.innerText.trim().slice(-300)));
    },

    // all that can be wrong with a cell to the eye
    async look(i) {
      if (!isInView(i)) await probe.show(i);
      const end = performance.now() + LOOK_LIMIT;
      while (missing(i).length > 0 && performance.now() < end) await frame();
      return {
        missing: missing(i), errors: unreadFormulas(i), cut: cutLabels(i),
        nameless: imagesWithoutAlt(i).length, wide: tooWide(i),
      };
    },

    // from here on, look at the picture of a cell in every painted frame
    startWatch(i) {
      watch = { frames: 0, blank: 0, places: [], on: true };
      const mine = watch;
      const look = () => {
        const now = state(i);
        mine.frames += 1;
        if (!now.drawn) mine.blank += 1;
        if (!mine.places.includes(now.place)) mine.places.push(now.place);
        if (mine.on) requestAnimationFrame(look);
      };
      requestAnimationFrame(look);
    },
    stopWatch() { watch.on = false; return watch; },

    // Milliseconds from the next key press until the first frame with
    // another picture of the cell is painted.
    startClock(i) {
      const before = state(i).source;
      clock = null;
      const look = (begun) => {
        const now = state(i);
        if (now.drawn && now.source !== before) {
          // A message is handled right after this frame is painted.
          const { port1, port2 } = new MessageChannel();
          port1.onmessage = () => { clock = performance.now() - begun; };
          port2.postMessage(null);
        } else {
          requestAnimationFrame(() => look(begun));
        }
      };
      document.addEventListener("keydown", (e) => look(e.timeStamp),
        { capture: true, once: true });
    },
    readClock: () => clock,
  };
})();
window.probe = probe;

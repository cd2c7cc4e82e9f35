// What a test asks of a deck's page, beside what stands in page.js.
Object.assign(window.probe, (() => {
  const { all, texts, rawFormulas } = window.probe;
  const leaves = () => Reveal.getSlides();
  const name = (slide) => {
    const words = slide.querySelector(".content").innerText.trim();
    return `slide ${leaves().indexOf(slide) + 1} (${words.slice(0, 40)})`;
  };
  const isSeen = (element) => {
    if (element.closest("aside.notes, mjx-assistive-mml")) return false;
    const box = element.getBoundingClientRect();
    return box.width > 0 && box.height > 0;
  };
  const show = (slide) => {
    const { h, v } = Reveal.getIndices(slide);
    document.activeElement.blur();
    Reveal.slide(h, v, 99);
  };

  // Content may reach down to the line at the foot, and to the right margin.
  const fitFaults = (slide) => {
    const box = slide.getBoundingClientRect();
    const scale = Reveal.getScale();
    const foot = slide.querySelector(".place").getBoundingClientRect().top;
    const right = box.right - 40 * scale;
    const faults = [];
    for (const element of all(".content *:not(svg *)", slide).filter(isSeen)) {
      const part = element.getBoundingClientRect();
      if (part.bottom > foot + 1) {
        faults.push(`${Math.round((part.bottom - foot) / scale)} px too low`);
      }
      if (part.right > right + 1 || part.left < box.left) {
        faults.push(`${Math.round((part.right - right) / scale)} px too wide`);
      }
      // What a cell prints has no elements within that could stand out.
      const reach = part.left
        + part.width * element.scrollWidth / element.offsetWidth;
      if (element.matches("pre") && reach > right + 1) {
        faults.push(`${Math.round((reach - right) / scale)} px too wide`);
      }
    }
    return [...new Set(faults)].sort().slice(-1);
  };

  const sizeFaults = (slide) => {
    const scale = Reveal.getScale();
    const faults = [];
    const count = document.getElementById("count");
    if (parseFloat(getComputedStyle(count).fontSize) < 17.9) {
      faults.push("the number of the slide is too small");
    }
    for (const node of texts(slide)) {
      const parent = node.parentElement;
      if (parent.closest("aside.notes, mjx-container")) continue;
      const size = parseFloat(getComputedStyle(parent).fontSize)
        * (parent.currentCSSZoom ?? 1) * scale;
      if (size < 17.9) {
        faults.push(`${size.toFixed(1)} px: ${node.data.trim().slice(0, 30)}`);
      }
    }
    for (const image of all("img", slide).filter(isSeen)) {
      const drawn = image.getBoundingClientRect().width;
      if (drawn < 0.99 * image.getAttribute("width")) {
        faults.push(`a picture shrunk to ${Math.round(drawn)} px`);
      }
    }
    return faults;
  };

  // One answer after the other is open, as they are for a reader.
  const withEachAnswer = (faults) => (slide) => {
    const found = faults(slide);
    for (const answer of all("details", slide)) {
      answer.open = true;
      found.push(...faults(slide));
      answer.open = false;
    }
    return found;
  };

  const judge = (faults) => {
    const complaints = [];
    for (const slide of leaves()) {
      show(slide);
      for (const fault of new Set(faults(slide))) {
        complaints.push(`${name(slide)}: ${fault}`);
      }
    }
    return complaints;
  };

  return {
    slides: () => {
      const fits = withEachAnswer(fitFaults);
      return judge((slide) => [...fits(slide), ...sizeFaults(slide)]);
    },
    formulas: () => rawFormulas(
      texts(document.querySelector(".slides"), "script, style, pre, code")),
    nameless: () =>
      // (where there are no words, nbconvert puts some that say nothing)
      all("img").filter((image) => !/\w/.test(image.alt)
        || image.alt.startsWith("No description")).length,
    lost: () =>
      all(".slides a[href]").map((link) => link.getAttribute("href"))
        .filter((href) => !/^https?:/.test(href)
          && !(href.startsWith("#")
            && document.getElementById(href.slice(1)))),
    notes: () => all("aside.notes").filter((note) => note.innerText).length,
    paper: () =>
      all(".pdf-page").flatMap((page, number) => {
        const [sheet, content, foot] = [
          page, page.querySelector(".content"), page.querySelector(".place"),
        ].map((part) => part.getBoundingClientRect());
        const faults = [];
        if (content.left - sheet.left < 40) faults.push("no left margin");
        if (sheet.right - content.right < 40) faults.push("no right margin");
        if (content.bottom > foot.top + 1) faults.push("foot is covered");
        if (foot.bottom > sheet.bottom) faults.push("foot is cut off");
        return faults.map((fault) => `page ${number + 1}: ${fault}`);
      }),
    showPlayer: (id) =>
      show(document.getElementById(id).closest("section")),
    showNotes: () => {
      const note = all("aside.notes").find((one) => one.querySelector("svg"));
      show(note.closest("section"));
    },
    place: () => Reveal.getSlidePastCount(),
  };
})());

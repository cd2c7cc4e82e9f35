(() => {
  const all = (selector, within = document) =>
    [...within.querySelectorAll(selector)];
  const printing = /print-pdf/.test(window.location.search);
  // What has the focus may need keys that otherwise turn the slides.
  const FIELDS = "input, select, textarea";
  const PRESSABLE = "summary, button, a";
  const PAGES = { PageDown: () => Reveal.next(), PageUp: () => Reveal.prev() };

  const belongsToSlides = (event) => {
    const focused = document.activeElement;
    if (focused?.closest(FIELDS)) return false;
    const presses = [" ", "Enter"].includes(event.key);
    return !(presses && focused?.closest(PRESSABLE));
  };

  // A presenter's remote sends these keys, whatever was last clicked on.
  const turnPage = (event) => {
    if (!document.activeElement?.closest(FIELDS)) return;
    if (event.key === "Escape") document.activeElement.blur();
    if (!(event.key in PAGES)) return;
    event.preventDefault();
    document.activeElement.blur();
    PAGES[event.key]();
  };

  // Names for what the style sheet treats in its own way.
  const nameParts = () => {
    all(".course-kind").forEach((kind) => {
      kind.parentElement.classList.add("asked");
    });
    all("p > a[id]:only-child:empty").forEach((anchor) => {
      anchor.parentElement.classList.add("anchor");
    });
  };

  // Each slide as large as it fits, but never smaller than its style says: a
  // slide that is too high then is the lecture's to split.
  const SIZES = [1.25, 1.12, 1];
  const ROOM = 640;

  const fits = (content) => {
    let height = content.getBoundingClientRect().height;
    if (!printing) {
      // Of several answers the highest one counts: one is open at a time.
      const extra = all("details", content).map((answer) =>
        answer.getBoundingClientRect().height
        - answer.querySelector("summary").getBoundingClientRect().height);
      height += Math.max(0, ...extra) - extra.reduce((a, b) => a + b, 0);
    }
    return height <= ROOM && content.scrollWidth <= content.clientWidth;
  };

  // On paper the model answers are open and the quizzes closed.
  const openAnswers = () => {
    all("details").forEach((answer) => {
      answer.open = !(printing && answer.closest(".asked"));
    });
  };

  const chooseSizes = () => {
    let high = all(".slides .page > .content");
    SIZES.forEach((size) => {
      high.forEach((content) => {
        content.style.setProperty("--size", size);
      });
      const low = new Set(high.filter(fits));
      high = high.filter((content) => !low.has(content));
    });
  };

  // One name for all answers of a slide lets one of them be open at a time.
  const closeAnswers = () => {
    all(".slides .page").forEach((slide, number) => {
      all("details", slide).forEach((answer) => {
        answer.open = false;
        answer.name = `answers-${number}`;
      });
    });
  };

  const prepareBar = () => {
    const count = document.getElementById("count");
    const show = () => {
      const number = Reveal.getSlidePastCount() + 1;
      count.textContent = `${number} / ${Reveal.getTotalSlides()}`;
    };
    document.getElementById("back").onclick = () => Reveal.prev();
    document.getElementById("on").onclick = () => Reveal.next();
    Reveal.on("slidechanged", show);
    show();
  };

  // On paper all slides are in sight, for those who listen to it too.
  const uncover = () => {
    all(".slides section").forEach((slide) => {
      slide.removeAttribute("aria-hidden");
      slide.removeAttribute("hidden");
    });
  };

  const start = async () => {
    nameParts();
    await MathJax.startup.promise;
    await MathJax.typesetPromise();
    // Without the page's styles a formula's spoken form would show too.
    all("aside.notes mjx-assistive-mml").forEach((spoken) => spoken.remove());
    openAnswers();
    chooseSizes();
    if (!printing) closeAnswers();
    document.documentElement.classList.remove("loading");
    const laidOut = new Promise((done) => {
      Reveal.on("pdf-ready", done);
    });
    await Reveal.initialize({
      width: 1280, height: 720, margin: 0, center: false, minScale: 0.1,
      maxScale: 4, controls: false, slideNumber: "c/t",
      showSlideNumber: "print", hash: true, transition: "none",
      backgroundTransition: "none", autoAnimate: false,
      navigationMode: "linear", pdfSeparateFragments: false,
      pdfMaxPagesPerSlide: 1, scrollActivationWidth: null,
      keyboardCondition: belongsToSlides, plugins: [RevealNotes],
    });
    // The role "application" would keep screen readers from reading.
    document.querySelector(".reveal").removeAttribute("role");
    window.addEventListener("keydown", turnPage);
    prepareBar();
    if (printing) {
      await laidOut;
      uncover();
    }
    document.documentElement.dataset.deck = "ready";
  };
  start();
})();

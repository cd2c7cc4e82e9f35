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

  // One answer at a time is open, so that the slide stays as high as it is;
  // on paper the model answers are open and the quizzes closed.
  const prepareAnswers = () => {
    all(".slides section section").forEach((slide, number) => {
      all("details", slide).forEach((answer) => {
        const isQuiz = answer.parentElement.querySelector(".course-kind");
        answer.name = `answers-${number}`;
        if (printing && !isQuiz) answer.open = true;
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

  const start = async () => {
    await MathJax.startup.promise;
    await MathJax.typesetPromise();
    // Without the page's styles a formula's spoken form would show too.
    all("aside.notes mjx-assistive-mml").forEach((spoken) => spoken.remove());
    prepareAnswers();
    await Reveal.initialize({
      width: 1280, height: 720, margin: 0, center: false, minScale: 0.1,
      maxScale: 4, controls: false, slideNumber: "c/t",
      showSlideNumber: "print", hash: true, transition: "none",
      backgroundTransition: "none", autoAnimate: false,
      navigationMode: "linear", pdfSeparateFragments: false,
      pdfMaxPagesPerSlide: 1, scrollActivationWidth: null,
      keyboardCondition: belongsToSlides, plugins: [RevealNotes],
    });
    window.addEventListener("keydown", turnPage);
    prepareBar();
    document.documentElement.dataset.deck = "ready";
  };
  start();
})();

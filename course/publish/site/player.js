// Players begin to move when their film has come, and it is sent for when
// they are about to be seen.
const course = (() => {
  const play = PLAYER;
  const waiting = new Map();

  const film = (name, content) => {
    for (const figure of waiting.get(name) ?? []) {
      const holder = document.createElement("script");
      holder.type = "application/json";
      holder.textContent = JSON.stringify(content);
      figure.prepend(holder);
      play(figure);
      figure.dataset.ready = "";
    }
    waiting.delete(name);
  };

  const send = (figure) => {
    const name = figure.dataset.film;
    const others = waiting.get(name);
    waiting.set(name, [...(others ?? []), figure]);
    if (others) return;
    const root = document.documentElement.dataset.content_root;
    const script = document.createElement("script");
    script.src = `${root}_static/films/${name}.js`;
    document.head.append(script);
  };

  document.addEventListener("DOMContentLoaded", () => {
    const sight = new IntersectionObserver((entries) => {
      for (const entry of entries.filter((e) => e.isIntersecting)) {
        sight.unobserve(entry.target);
        send(entry.target);
      }
    }, { rootMargin: "1000px" });
    document.querySelectorAll("figure[data-film]")
      .forEach((figure) => sight.observe(figure));
  });

  return { film };
})();

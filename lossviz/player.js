(figure) => {
  // The film: controls with their stops, pictures, and for every setting the
  // number of its picture and its words. The last control changes fastest.
  const film = JSON.parse(figure.querySelector("script").textContent);
  const picture = figure.querySelector("img");
  const bar = figure.querySelector(".player-controls");
  const places = film.controls.map((control) => control.start);

  const show = () => {
    let setting = 0;
    film.controls.forEach((control, k) => {
      setting = setting * control.stops.length + places[k];
    });
    const frame = film.frames[film.order[setting]];
    picture.src = `data:image/png;base64,${frame}`;
    picture.alt = film.words[setting];
  };

  const element = (tag, properties) =>
    Object.assign(document.createElement(tag), properties);

  const slider = (control, k) => {
    const input = element("input", {
      type: "range", min: 0, max: control.stops.length - 1, step: 1,
    });
    input.value = control.start;
    const reading = element("output", {});
    const longest = Math.max(...control.stops.map((stop) => stop.length));
    reading.style.minWidth = `${longest}ch`;
    const follow = () => {
      places[k] = Number(input.value);
      reading.value = control.stops[places[k]];
      input.setAttribute("aria-valuetext", reading.value);
    };
    input.addEventListener("input", () => { follow(); show(); });
    follow();
    return [input, reading];
  };

  const list = (control, k) => {
    const select = element("select", {});
    control.stops.forEach((stop) => select.add(new Option(stop, stop)));
    select.selectedIndex = control.start;
    select.addEventListener("change", () => {
      places[k] = select.selectedIndex;
      show();
    });
    return [select];
  };

  if (bar.childElementCount) return;
  film.controls.forEach((control, k) => {
    const parts = (control.slides ? slider : list)(control, k);
    parts[0].id = `${figure.id}-${k}`;
    const label = element("label", {
      htmlFor: parts[0].id, textContent: control.label,
    });
    const group = element("div", { className: "player-control" });
    group.append(label, ...parts);
    bar.append(group);
  });
}

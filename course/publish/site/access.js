// What the theme leaves without a name, or names otherwise than it looks.
document.addEventListener("DOMContentLoaded", () => {
  // The field that opens the search says "Search Ctrl + K".
  document.querySelectorAll(".search-button-field[aria-label]")
    .forEach((button) => button.removeAttribute("aria-label"));

  const sidebar = document.querySelector(".bd-sidebar-primary");
  sidebar?.setAttribute("role", "complementary");
  sidebar?.setAttribute("aria-label", "Course");

  // Arrows that unfold the pages below another one.
  document.querySelectorAll(".bd-sidebar-primary summary").forEach((arrow) => {
    const link = arrow.closest("li").querySelector("a");
    arrow.setAttribute("aria-label", `Pages below ${link.textContent.trim()}`);
  });
});

// What is wider than the screen is moved sideways by the arrow keys, too.
window.addEventListener("load", async () => {
  await window.MathJax?.startup?.promise;
  const reach = () =>
    document.querySelectorAll("mjx-container[display], .wide")
      .forEach((part) => {
        const isCut = part.scrollWidth > part.clientWidth;
        if (isCut) part.setAttribute("tabindex", "0");
        else part.removeAttribute("tabindex");
      });
  reach();
  window.addEventListener("resize", reach);
});

// What the search quotes from a page is its text: no formulas in TeX, and no
// list of its headings.
document.addEventListener("DOMContentLoaded", () => {
  if (typeof Search === "undefined") return;
  const apart = ".math, .bd-header-article, .bd-sidebar-secondary, "
    + "#jb-print-docs-body";
  const toText = Search.htmlToText;
  Search.htmlToText = (html, anchor) => {
    const page = new DOMParser().parseFromString(html, "text/html");
    page.querySelectorAll(apart).forEach((part) => part.remove());
    return toText(page.documentElement.outerHTML, anchor);
  };
});

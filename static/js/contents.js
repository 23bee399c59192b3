// Marks in the table of contents which part is being read. Without it, the links work all the same.
const links = new Map();
for (const link of document.querySelectorAll(".contents a")) {
  const heading = document.getElementById(link.hash.slice(1));
  if (heading) links.set(heading, link);
}
const mark = () => {
  const passed = [...links.keys()].filter((heading) => heading.getBoundingClientRect().top < innerHeight / 3);
  const here = passed.at(-1);
  for (const [heading, link] of links) {
    if (heading === here) link.setAttribute("aria-current", "true");
    else link.removeAttribute("aria-current");
  }
};
if (links.size) {
  new IntersectionObserver(mark, { rootMargin: "0px 0px -66% 0px" }).observe(document.body);
  for (const heading of links.keys()) new IntersectionObserver(mark, { rootMargin: "0px 0px -66% 0px" }).observe(heading);
}

// Marks in the table of contents which part is being read.
const links = new Map();
for (const link of document.querySelectorAll(".contents a")) {
  const heading = document.getElementById(link.hash.slice(1));
  if (heading) links.set(heading, link);
}
let marked;
const mark = () => {
  const passed = [...links.keys()].filter((heading) => heading.getBoundingClientRect().top < innerHeight / 3);
  const link = links.get(passed.at(-1));
  if (link === marked) return;
  marked?.removeAttribute("aria-current");
  link?.setAttribute("aria-current", "true");
  marked = link;
};
onscroll = onload = mark;

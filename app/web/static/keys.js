// j and k walk through the posts, n writes, Enter on a post opens it; never while somebody types.
const TYPING = "input, textarea, select, [contenteditable]";

function walk(step) {
  const posts = [...document.querySelectorAll("article[data-post]")];
  if (!posts.length) return;
  const here = posts.indexOf(document.activeElement?.closest("article[data-post]"));
  const next = posts[Math.max(0, Math.min(posts.length - 1, here < 0 ? 0 : here + step))];
  next.focus();
  next.scrollIntoView({ block: "nearest" });
}

function open(post) {
  const link = post.querySelector("a[data-permalink]");
  if (link) link.click();
}

export function listenForKeys() {
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest(TYPING)) return;
    if (document.body.dataset.keys === "own") return;
    if (event.key === "j") walk(1);
    else if (event.key === "k") walk(-1);
    else if (event.key === "Enter" && event.target.matches("article[data-post]")) open(event.target);
    else if (event.key === "n") {
      const box = document.querySelector("textarea[name=text]");
      if (!box) return;
      event.preventDefault();
      box.focus();
    }
  });
}

// On a timeline: asks now and then whether there are newer posts, while somebody looks, and says so; it moves nothing by itself.
const EVERY_MILLISECONDS = 30000;

export function announceNewPosts() {
  const place = document.querySelector("[data-news]");
  if (!place) return;
  const ask = async () => {
    if (document.hidden) return;
    const answer = await fetch(place.dataset.news, { headers: { Accept: "application/json" } });
    if (!answer.ok) return;
    const news = await answer.json();
    place.hidden = news.count === 0;
    place.querySelector("a").textContent = news.words;
  };
  setInterval(() => ask().catch(() => undefined), EVERY_MILLISECONDS);
}

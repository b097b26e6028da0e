// Shows calls while no page is open, and opens the page of who is on call when one is pressed. It caches nothing.
self.addEventListener("push", (event) => {
  const said = event.data.json();
  const shown = { body: said.body, lang: said.lang, tag: said.title, renotify: true, data: { url: said.url } };
  event.waitUntil(self.registration.showNotification(said.title, { ...shown, icon: "/static/mark.svg" }));
});

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  const address = new URL(event.notification.data.url, self.location.origin);
  if (address.origin === self.location.origin) event.waitUntil(self.clients.openWindow(address.href));
});

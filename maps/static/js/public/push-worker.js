// The service worker of a street's page: it shows messages about streets, opens their page when one is pressed, and answers no request.
addEventListener("install", () => skipWaiting());

addEventListener("push", (event) => {
  const { title, link, ...shown } = event.data.json();
  const icon = "/static/icons/barfrub-192.png";
  event.waitUntil(registration.showNotification(title, { ...shown, icon, renotify: true, data: link }));
});

addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(clients.openWindow(new URL(event.notification.data, location.origin)));
});

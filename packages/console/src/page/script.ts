/**
 * The console's script: loads the page again every five seconds and puts its content in the place of the old one. It stops while somebody is at a form, while the page is not looked at, and when its box is
 * unticked. Without it the page is the same, and is refreshed by its link.
 */
export const SCRIPT: string = `const box = document.querySelector('#follow');
const trouble = document.querySelector('#trouble');
if (box) {
  box.parentElement.hidden = false;
  const busy = () => document.hidden || !box.checked || document.activeElement?.closest('main form, main .table');
  const refresh = async () => {
    try {
      const response = await fetch(location.pathname + location.search, { cache: 'no-store' });
      if (!response.ok) throw new Error(String(response.status));
      const next = new DOMParser().parseFromString(await response.text(), 'text/html').querySelector('main');
      if (next && !busy()) document.querySelector('main').replaceWith(document.importNode(next, true));
      trouble.textContent = '';
    } catch {
      trouble.textContent = 'The holder does not answer; the figures are old.';
    }
  };
  setInterval(() => {
    if (!busy()) refresh();
  }, 5000);
}
`;

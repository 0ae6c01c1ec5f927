// Functions that run in the page. They see nothing of this module.

// badges returns what is seen of every badge; text is null where the picture stayed.
export function badges() {
  return [...document.querySelectorAll('a[href*="/go/"]')].map((link) => {
    const hosts = [link.parentElement, ...link.querySelectorAll("span")].filter((e) => e.shadowRoot);
    const shown = hosts[0] || link.querySelector("img") || link;
    const { x, y, width, height } = shown.getBoundingClientRect();
    const row = hosts[0] && hosts[0].shadowRoot.firstElementChild;
    const style = row && getComputedStyle(row);
    return {
      href: link.href, hosts: hosts.length, x, y, width, height,
      text: row ? row.textContent : null,
      lines: hosts[0] ? [...hosts[0].shadowRoot.children].slice(1).map((line) => [line.localName, line.textContent, line.href || ""]) : [],
      overflow: hosts[0] && [hosts[0].scrollWidth - hosts[0].clientWidth, hosts[0].scrollHeight - hosts[0].clientHeight],
      style: style && {
        color: style.color, ground: getComputedStyle(hosts[0]).backgroundColor, size: parseFloat(style.fontSize), transform: style.textTransform, cursor: style.cursor,
        ring: style.outlineStyle === "none" ? 0 : parseFloat(style.outlineWidth), direction: style.direction, visibility: style.visibility,
      },
    };
  });
}

// settled is true once there are n badges and all show text.
export function settled(n) {
  const links = [...document.querySelectorAll('a[href*="/go/"]')];
  return links.length === n && links.every((link) => [link.parentElement, ...link.querySelectorAll("span")].some((e) => e.shadowRoot));
}

// boxes returns where every element that is not in a badge stands.
export function boxes() {
  return [...document.querySelectorAll("body *")].filter((e) => !e.closest('a[href*="/go/"]') && !e.shadowRoot).map((e) => {
    const { x, y, width, height } = e.getBoundingClientRect();
    return [e.localName, x, y, width, height].join(" ");
  });
}

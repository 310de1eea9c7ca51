import Jansson

/// A look at the page with the eyes of a screen reader and of somebody who sees little.
enum PageAudit {
  /// What is wrong with what shows now: a sentence each.
  static func faults(_ browser: Browser) throws -> [String] {
    (try browser.run(script).array ?? []).compactMap(\.string)
  }

  private static let script = """
    const faults = [];
    const shown = (e) => e.getClientRects().length && !e.closest('[inert], [hidden], [aria-hidden=true]');
    const all = [...document.querySelectorAll('body *')].filter(shown);
    const name = (e) => {
      const by = e.getAttribute('aria-labelledby');
      if (by) return by.split(' ').map((id) => document.getElementById(id)?.textContent ?? '').join(' ').trim();
      return (e.getAttribute('aria-label') ?? (e.labels?.[0]?.innerText || e.innerText || e.title || '')).trim();
    };
    const what = (e) => `${e.tagName.toLowerCase()}.${e.className} «${(e.textContent ?? '').trim().slice(0, 30)}»`;

    // Every control, and every region with a role that needs one, has a name.
    const named = 'a, button, input, select, textarea, [role=grid], [role=dialog], [role=menu], [role=toolbar],' +
      '[role=tablist] [role=tab], [role=columnheader]';
    for (const e of all.filter((e) => e.matches(named))) if (!name(e)) faults.push(`no name: ${what(e)}`);

    // Ids are unique, and whoever refers to one finds it.
    const ids = all.map((e) => e.id).filter(Boolean);
    for (const id of new Set(ids.filter((id, at) => ids.indexOf(id) !== at))) faults.push(`id twice: ${id}`);
    for (const attribute of ['aria-labelledby', 'aria-describedby', 'aria-controls', 'aria-activedescendant', 'for']) {
      for (const e of all.filter((e) => e.getAttribute(attribute))) {
        for (const id of e.getAttribute(attribute).split(' ')) {
          if (!document.getElementById(id)) faults.push(`${attribute} leads nowhere: ${what(e)}`);
        }
      }
    }

    // Focus follows the order of the page, and nothing that can be pressed is out of its reach.
    for (const e of all.filter((e) => e.tabIndex > 0)) faults.push(`an order of its own: ${what(e)}`);
    for (const e of all.filter((e) => e.onclick && e.tabIndex < 0 && !e.matches('button, input, a, [role=columnheader]'))) {
      faults.push(`only for the mouse: ${what(e)}`);
    }
    for (const group of all.filter((e) => e.matches('[role=toolbar], [role=tablist]') && e.children.length)) {
      const stops = [...group.children].filter((e) => e.tabIndex === 0).length;
      if (stops !== 1) faults.push(`${stops} stops of the Tab key in ${what(group)}`);
    }

    // Roles stand where they belong.
    for (const [child, parent] of [['row', 'rowgroup'], ['gridcell', 'row'], ['columnheader', 'row'], ['tab', 'tablist']]) {
      for (const e of all.filter((e) => e.getAttribute('role') === child)) {
        if (e.parentElement.getAttribute('role') !== parent) faults.push(`${child} outside of ${parent}: ${what(e)}`);
      }
    }

    // Text stands out from what is behind it: 4.5 to 1, 3 to 1 where it is large.
    const canvas = new OffscreenCanvas(1, 1).getContext('2d', { willReadFrequently: true });
    const rgba = (colour) => {
      canvas.clearRect(0, 0, 1, 1);
      canvas.fillStyle = colour;
      canvas.fillRect(0, 0, 1, 1);
      return [...canvas.getImageData(0, 0, 1, 1).data];
    };
    const light = ([r, g, b]) => {
      const [x, y, z] = [r, g, b].map((v) => (v /= 255) <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
      return 0.2126 * x + 0.7152 * y + 0.0722 * z;
    };
    const behind = (e) => {
      const layers = [];
      for (let at = e; at; at = at.parentElement) layers.push(rgba(getComputedStyle(at).backgroundColor));
      const base = getComputedStyle(document.body).getPropertyValue('background-image').match(/rgba?\\([^)]+\\)/g) ?? ['#fff'];
      return layers.reverse().reduce((under, [r, g, b, a]) => [r, g, b].map((v, n) => under[n] + (v - under[n]) * a / 255), rgba(base[0]).slice(0, 3));
    };
    const opacity = (e) => { let all = 1; for (let at = e; at; at = at.parentElement) all *= getComputedStyle(at).opacity; return all; };
    for (const e of all) {
      const text = [...e.childNodes].some((node) => node.nodeType === 3 && node.data.trim());
      if (!text || e.closest('[aria-disabled=true], :disabled, noscript, option, .unseen')) continue;
      const style = getComputedStyle(e);
      const ground = behind(e);
      const [r, g, b, a] = rgba(style.color);
      const k = (a / 255) * opacity(e);
      const [x, y] = [light([r, g, b].map((v, n) => ground[n] + (v - ground[n]) * k)), light(ground)].sort((m, n) => n - m);
      const ratio = (x + 0.05) / (y + 0.05);
      const large = parseFloat(style.fontSize) >= 24 || (parseFloat(style.fontSize) >= 18.6 && style.fontWeight >= 700);
      if (ratio < (large ? 3 : 4.5)) faults.push(`contrast ${ratio.toFixed(2)}: ${what(e)}`);
    }

    // Nothing is wider than the page.
    if (document.documentElement.scrollWidth > innerWidth) faults.push('the page is wider than its window');
    return [...new Set(faults)];
    """
}

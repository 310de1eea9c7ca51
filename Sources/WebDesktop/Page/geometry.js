/** Where windows stand and how they are moved and resized with a pointer. Sizes in CSS pixels. */

export const area = () => {
  const { clientWidth: width, clientHeight: height } = document.getElementById('windows');
  return { width, height };
};

/** The size that a window wants by what it has; no height means as high as its content. */
export function sizeOf(window) {
  const columns = Math.max(0, ...window.tables.map((table) => table.columns.length));
  if (window.kind === 'dialog') return { width: window.tables.length ? 640 : 448, height: 0 };
  if (window.kind === 'picker') return { width: 640, height: 520 };
  if (window.kind === 'registry') return { width: columns > 6 ? 1120 : 960, height: 600 };
  return { width: columns > 6 ? 1040 : columns ? 800 : 608, height: columns ? 640 : 0 };
}

/**
 * A place for a window: in the middle when it stands over another or alone, else a step beside the one before.
 * @param {{width: number, height: number}} size
 * @param {{x: number, y: number, width: number}} [over]
 * @param {number|null} order  how many windows there are; null for one in the middle
 */
export function freeSpace(size, over, order) {
  const { width, height } = area();
  const w = Math.min(size.width, width - 16);
  const h = size.height ? Math.min(size.height, height - 16) : 0;
  const high = h || Math.min(360, height);
  let x = (width - w) / 2;
  let y = Math.max(8, (height - high) / 2.6);
  if (order !== null) {
    x = over ? over.x + 40 : Math.min(144, Math.max(8, width - w - 8)) + (order % 6) * 32;
    y = over ? over.y + 40 : 32 + (order % 6) * 32;
    x = Math.max(8, Math.min(x, width - w - 8));
    y = Math.max(8, Math.min(y, height - high - 8));
  }
  return { x: Math.round(x), y: Math.round(y) };
}

/** Lets a pointer move the frame by its title bar and resize it by its edges. */
export function drag(frame) {
  follow(frame.bar, frame, () => {
    const { x, y } = frame.size;
    return (dx, dy) => {
      const { width, height } = area();
      frame.size.x = Math.max(80 - frame.size.width, Math.min(width - 80, x + dx));
      frame.size.y = Math.max(0, Math.min(height - 40, y + dy));
    };
  });
  for (const edge of ['e', 's', 'w', 'se', 'sw']) {
    const handle = document.createElement('div');
    handle.className = `edge ${edge}`;
    frame.root.append(handle);
    follow(handle, frame, () => {
      const { x, width } = frame.size;
      const height = frame.root.offsetHeight;
      return (dx, dy) => {
        if (edge.includes('e')) frame.size.width = Math.max(280, width + dx);
        if (edge.includes('s')) frame.size.height = Math.max(120, height + dy);
        if (edge.includes('w')) {
          frame.size.width = Math.max(280, width - dx);
          frame.size.x = x + width - frame.size.width;
        }
      };
    });
  }
}

/** @param {() => (dx: number, dy: number) => void} begin  called at the press, gives what follows the pointer */
function follow(handle, frame, begin) {
  handle.addEventListener('pointerdown', (event) => {
    if (event.button !== 0 || event.target.closest('button') || frame.isMaximized) return;
    const to = begin();
    const { clientX, clientY } = event;
    handle.setPointerCapture(event.pointerId);
    const move = (moved) => {
      to(moved.clientX - clientX, moved.clientY - clientY);
      frame.applySize();
    };
    const end = () => {
      handle.removeEventListener('pointermove', move);
      frame.keepSize();
    };
    handle.addEventListener('pointermove', move);
    handle.addEventListener('lostpointercapture', end, { once: true });
  });
}

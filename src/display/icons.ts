// Pictograms on a 24×24 grid, as SVG fragments coloured by `currentColor` replaced at use.
// Drawn for this project; plain strokes so that they stay legible at 24 pixels.

const stroke = (paths: string, width = 2): string =>
  `<g fill="none" stroke="C" stroke-width="${width}" stroke-linecap="round" stroke-linejoin="round">${paths}</g>`;

const ICONS = {
  check: stroke('<path d="M4.5 12.5l5 5L19.5 7"/>', 2.8),
  cross: stroke('<path d="M6 6l12 12M18 6L6 18"/>', 2.8),
  back: stroke('<path d="M10 5l-7 7 7 7M3.5 12H21"/>', 2.6),
  forward: stroke('<path d="M14 5l7 7-7 7M20.5 12H3"/>', 2.6),
  list: stroke('<path d="M4 6l1.5 1.5L8 5M4 13l1.5 1.5L8 12M4 19.5h4M12 6.5h9M12 13h9M12 19.5h9"/>'),
  speaker:
    '<path d="M2.5 9.2v5.6c0 .5.3.8.8.8H7l5.3 4.2c.6.4 1.2.1 1.2-.6V4.800c0-.7-.600-1-1.200-.6L7 8.400H3.300c-.5 0-.8.3-.8.8z" fill="C"/>' +
    stroke('<path d="M16.800 8.800a4.600 4.600 0 0 1 0 6.400M19.600 6a8.500 8.500 0 0 1 0 12"/>'),
  globe: stroke('<circle cx="12" cy="12" r="9"/><path d="M3 12h18M12 3c3 2.700 4 6 4 9s-1 6.300-4 9c-3-2.700-4-6-4-9s1-6.300 4-9z"/>', 1.8),
  person: '<circle cx="12" cy="7.500" r="4" fill="C"/><path d="M4 21c0-5 3.500-7.500 8-7.500s8 2.500 8 7.500z" fill="C"/>',
  face: stroke(
    '<path d="M3 8V5a2 2 0 0 1 2-2h3M16 3h3a2 2 0 0 1 2 2v3M21 16v3a2 2 0 0 1-2 2h-3M8 21H5a2 2 0 0 1-2-2v-3"/><path d="M8.500 14.500c1.800 2.300 5.200 2.300 7 0M9 9v1M15 9v1"/>',
  ),
  keypad: [6, 12, 18]
    .map((y) => [6, 12, 18].map((x) => `<rect x="${x - 2.1}" y="${y - 2.1}" width="4.200" height="4.200" rx="1.100" fill="C"/>`).join(''))
    .join(''),
  staff:
    '<circle cx="9" cy="7.500" r="3.800" fill="C"/><path d="M1.500 20.500c0-4.800 3.200-7 7.500-7 1.800 0 3.400.400 4.600 1.200l-2.300 5.800z" fill="C"/>' +
    stroke('<path d="M14.500 18.500l2.500 2.500 5.500-6"/>', 2.4),
  clock: stroke('<circle cx="12" cy="12" r="9"/><path d="M12 6.500V12l3.500 2.500"/>', 2.2),
  lock: '<path d="M6.500 10V7.500a5.500 5.500 0 0 1 11 0V10" fill="none" stroke="C" stroke-width="2.400"/><rect x="4" y="10" width="16" height="11" rx="2.200" fill="C"/>',
  pill: stroke('<rect x="1.500" y="7.500" width="21" height="9" rx="4.500" transform="rotate(-40 12 12)"/><path d="M9 9l6 6.500"/>'),
  heart: '<path d="M12 20.500C5 15.500 2.500 12 2.500 8.500A5 5 0 0 1 12 6.500a5 5 0 0 1 9.500 2c0 3.500-2.500 7-9.500 12z" fill="C"/>',
  clipboard: stroke('<rect x="4.500" y="4.500" width="15" height="17" rx="2"/><path d="M9 3h6v3H9zM8.500 11h7M8.500 15.500h5"/>'),
  hospital: stroke('<path d="M4 21V7.500L12 3l8 4.500V21zM12 9v6M9 12h6M10 21v-3h4v3"/>'),
  document: stroke('<path d="M6 2.500h8l4.500 4.500v14.500H6zM14 2.500V7h4.500M9.500 12h5.500M9.500 16h5.500"/>'),
  phone: stroke('<rect x="6.500" y="2" width="11" height="20" rx="2.500"/><path d="M10.500 18.500h3"/>'),
  call: '<path d="M6.800 2.800l3.200 4.700-2 2.500c1.200 2.700 3.300 4.800 6 6l2.500-2 4.700 3.200c-.4 2.600-2 4.300-4.400 4C9.200 20.200 3.800 14.800 2.800 7.200c-.300-2.400 1.400-4 4-4.400z" fill="C"/>',
  warning:
    '<path d="M12 2.500L23 21.500H1z" fill="C" stroke="C" stroke-width="1.500" stroke-linejoin="round"/><path d="M12 9v6M12 18v.300" stroke="#fff" stroke-width="2.400" stroke-linecap="round"/>',
  info: '<circle cx="12" cy="12" r="10.500" fill="C"/><path d="M12 11v6M12 6.800v.300" stroke="#fff" stroke-width="2.600" stroke-linecap="round"/>',
  question: stroke(
    '<circle cx="12" cy="12" r="9.500"/><path d="M9 9.300a3 3 0 1 1 4.300 2.700c-.900.450-1.300 1-1.300 2M12 17.200v.200"/>',
    2.2,
  ),
  retry: stroke('<path d="M20 12a8 8 0 1 1-2.600-5.900M20.500 3v4.500H16"/>', 2.6),
  shield:
    '<path d="M12 2l8.500 3.200V11c0 5.500-3.500 9-8.500 11-5-2-8.500-5.500-8.500-11V5.200z" fill="C"/><path d="M8 12l3 3 5-6" fill="none" stroke="#fff" stroke-width="2.400" stroke-linecap="round" stroke-linejoin="round"/>',
  card: stroke(
    '<rect x="2" y="5" width="20" height="14" rx="2.200"/><path d="M5.500 10h7M5.500 14.500h5M15.500 9.500h3.500v5h-3.500z"/>',
    1.9,
  ),
  /** A finger on a spot of the screen. */
  touch: stroke(
    '<path d="M9 13.500V6.500a1.700 1.700 0 0 1 3.400 0v5l4.600 1c1.200.3 1.900 1.300 1.700 2.500l-.9 4.500c-.2.9-.9 1.500-1.800 1.500h-4.200c-.8 0-1.500-.4-2-1l-3.800-5c-.9-1.300.8-2.700 2-1.700z"/><path d="M6.200 9a5 5 0 1 1 9 0"/>',
    1.8,
  ),
  power: stroke('<path d="M12 3v9M6.500 6.500a8 8 0 1 0 11 0"/>', 2.4),
  letters: stroke('<path d="M2 20L8.500 4h1L16 20M4.500 14.500h9M16.500 20l3-8h.5l3 8M17.500 17.500h4.500"/>', 2),
  contrast: `${stroke('<circle cx="12" cy="12" r="9.500"/>', 2)}<path d="M12 2.500a9.500 9.500 0 0 1 0 19z" fill="C"/>`,
} as const;

export type IconName = keyof typeof ICONS;

/** One icon in a square of `size` pixels whose top left corner is (x, y). */
export const icon = (name: IconName, x: number, y: number, size: number, colour: string): string =>
  `<g transform="translate(${x.toFixed(1)} ${y.toFixed(1)}) scale(${(size / 24).toFixed(4)})">${ICONS[name].replaceAll('"C"', `"${colour}"`)}</g>`;

// The drawn residents of the simulated town: who they are, and how they look on their card and before the camera.
// They are invented; their proportions were chosen so that the real embedder keeps every two of them apart.

import { RESIDENTS, type Resident } from './residents-data.ts';
import { drawPerson, type Pose } from './residents-drawing.ts';

export type { Resident };

export const residents = (): readonly Resident[] => RESIDENTS;

export const residentByName = (name: string): Resident | undefined => RESIDENTS.find(({ id }) => id === name);

const CARD_POSE: Pose = { turn: 0, tiltDegrees: 0, smile: 0.45 };

export const cardSvg = ({ shape, size }: Resident): string => {
  const scale = 1.08 * Math.max(size, 0.94);
  return `<svg xmlns="http://www.w3.org/2000/svg" width="300" height="400" viewBox="0 0 300 400"><defs><linearGradient id="wall" x1="0" y1="0" x2="0" y2="1"><stop offset="0" stop-color="#dfe7ee"/><stop offset="1" stop-color="#c3d0db"/></linearGradient></defs>
<rect width="300" height="400" fill="url(#wall)"/><g transform="translate(150 190) scale(${scale})">${drawPerson(shape, CARD_POSE)}</g></svg>`;
};

/** A reception hall out of focus: a wall, a window, a plant. */
const hall = (
  light: string,
): string => `<defs><linearGradient id="wall" x1="0" y1="0" x2="1" y2="1"><stop offset="0" stop-color="#e6e1d6"/><stop offset="1" stop-color="#b3aea4"/></linearGradient>
<filter id="far" x="-20%" y="-20%" width="140%" height="140%"><feGaussianBlur stdDeviation="14"/></filter>
<linearGradient id="light" x1="0" y1="0" x2="1" y2="0.3"><stop offset="0" stop-color="${light}" stop-opacity="0.22"/><stop offset="0.55" stop-color="${light}" stop-opacity="0"/><stop offset="1" stop-color="#1a1c28" stop-opacity="0.24"/></linearGradient></defs>
<rect width="640" height="480" fill="url(#wall)"/><g filter="url(#far)"><rect x="20" y="30" width="130" height="190" fill="#f4f6f4"/><rect x="500" y="60" width="120" height="130" fill="#9fb3b6"/><ellipse cx="580" cy="330" rx="50" ry="110" fill="#6d8a63"/><rect y="400" width="640" height="80" fill="#8d8478"/></g>`;

export const cameraSvg = ({ shape, size, before }: Resident): string =>
  `<svg xmlns="http://www.w3.org/2000/svg" width="640" height="480" viewBox="0 0 640 480">${hall(before.light)}
<g transform="translate(${320 + before.x} ${206 + before.y}) scale(${(1.34 * size).toFixed(3)})">${drawPerson(shape, before)}</g>
<rect width="640" height="480" fill="url(#light)"/></svg>`;

/**
 * A resident as SVG: 'card' as photographed for the card (3:4), 'camera' as standing before the kiosk's camera (4:3),
 * with another pose, light and size. Throws RangeError for a name that no resident has.
 */
export const residentPortrait = (name: string, variant: 'card' | 'camera'): string => {
  const resident = residentByName(name);
  if (resident === undefined) throw new RangeError(`no resident has this name; known: ${RESIDENTS.map(({ id }) => id).join(', ')}`);
  return variant === 'card' ? cardSvg(resident) : cameraSvg(resident);
};

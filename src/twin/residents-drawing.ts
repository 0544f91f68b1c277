// Draws a resident: one face from a few proportions, as SVG. Everything is measured in a head whose face is about 140 wide and 200 high,
// with its origin between the eyes. Only shapes and gradients: no picture of anyone is in this repository.

import { drawHairBack, drawHairFront, type HairStyle } from './residents-hair.ts';

export interface FaceShape {
  /** Half width of the face at the cheekbones. */
  readonly width: number;
  /** From the origin to the chin, and up to the hairline's skull. */
  readonly chin: number;
  readonly skull: number;
  /** 0 pointed to 1 square. */
  readonly jaw: number;
  readonly skin: string;
  readonly eyeX: number;
  readonly eyeWidth: number;
  readonly eyeHeight: number;
  /** Degrees; positive = outer corners up. */
  readonly eyeTilt: number;
  readonly eyelid: number;
  readonly iris: string;
  readonly browGap: number;
  readonly browThickness: number;
  readonly browTilt: number;
  /** Length by the eye's. */
  readonly browLength: number;
  /** Depth of the eye sockets, side of the nose and hollow of the cheeks, 0..1. */
  readonly socket: number;
  readonly bridge: number;
  readonly cheek: number;
  readonly noseLength: number;
  readonly noseWidth: number;
  readonly mouthY: number;
  readonly mouthWidth: number;
  readonly lips: number;
  readonly lipColour: string;
  readonly hair: HairStyle;
  readonly hairColour: string;
  readonly clothes: string;
  /** 0 none to 1 deep. */
  readonly age: number;
  readonly blush: number;
  readonly glasses?: 'round' | 'square' | 'half';
  readonly glassesColour?: string;
  readonly beard?: 'moustache' | 'goatee' | 'stubble';
  /** Where a mole is, if any. */
  readonly mole?: readonly [number, number];
}

/** How the head is held, and how it looks, at one moment. */
export interface Pose {
  /** Sideways shift of the features on the head: a slight turn. */
  readonly turn: number;
  readonly tiltDegrees: number;
  readonly smile: number;
}

const n = (value: number): string => String(Math.round(value * 10) / 10);

/** A colour moved towards black (amount < 0) or white (amount > 0). */
export const shade = (colour: string, amount: number): string => {
  const target = amount < 0 ? 0 : 255;
  const part = (at: number) => {
    const value = Number.parseInt(colour.slice(at, at + 2), 16);
    return Math.round(value + (target - value) * Math.abs(amount))
      .toString(16)
      .padStart(2, '0');
  };
  return `#${part(1)}${part(3)}${part(5)}`;
};

const facePath = (f: FaceShape): string => {
  const { width: w, chin, skull } = f;
  const jawX = w * (0.8 + 0.22 * f.jaw);
  const chinX = w * (0.16 + 0.34 * f.jaw);
  const side = (s: 1 | -1) => `${n(s * w)} -14`;
  return (
    `M${side(-1)} C${n(-w * 1.02)} ${n(-skull * 0.8)} ${n(-w * 0.62)} ${n(-skull)} 0 ${n(-skull)} ` +
    `C${n(w * 0.62)} ${n(-skull)} ${n(w * 1.02)} ${n(-skull * 0.8)} ${side(1)} ` +
    `C${n(w * 1.01)} ${n(chin * 0.35)} ${n(jawX)} ${n(chin * 0.68)} ${n(chinX)} ${n(chin * 0.96)} ` +
    `Q0 ${n(chin * 1.06)} ${n(-chinX)} ${n(chin * 0.96)} C${n(-jawX)} ${n(chin * 0.68)} ${n(-w * 1.01)} ${n(chin * 0.35)} ${side(-1)}Z`
  );
};

const defs = (f: FaceShape): string => `<defs>
<radialGradient id="skin" cx="46%" cy="40%" r="68%"><stop offset="0" stop-color="${shade(f.skin, 0.16)}"/><stop offset="0.6" stop-color="${f.skin}"/><stop offset="1" stop-color="${shade(f.skin, -0.2)}"/></radialGradient>
<linearGradient id="neck" x1="0" y1="0" x2="0" y2="1"><stop offset="0" stop-color="${shade(f.skin, -0.34)}"/><stop offset="1" stop-color="${shade(f.skin, -0.1)}"/></linearGradient>
<linearGradient id="lip" x1="0" y1="0" x2="0" y2="1"><stop offset="0" stop-color="${shade(f.lipColour, -0.18)}"/><stop offset="1" stop-color="${shade(f.lipColour, 0.12)}"/></linearGradient>
<linearGradient id="hair" x1="0" y1="0" x2="0.4" y2="1"><stop offset="0" stop-color="${shade(f.hairColour, 0.2)}"/><stop offset="0.5" stop-color="${f.hairColour}"/><stop offset="1" stop-color="${shade(f.hairColour, -0.35)}"/></linearGradient>
<linearGradient id="cloth" x1="0" y1="0" x2="0" y2="1"><stop offset="0" stop-color="${shade(f.clothes, 0.12)}"/><stop offset="1" stop-color="${shade(f.clothes, -0.25)}"/></linearGradient>
<radialGradient id="iris"><stop offset="0.25" stop-color="#14100e"/><stop offset="0.45" stop-color="${f.iris}"/><stop offset="1" stop-color="${shade(f.iris, -0.5)}"/></radialGradient>
<filter id="soft" x="-50%" y="-50%" width="200%" height="200%"><feGaussianBlur stdDeviation="4"/></filter>
<filter id="softer" x="-60%" y="-60%" width="220%" height="220%"><feGaussianBlur stdDeviation="9"/></filter>
<filter id="fine" x="-30%" y="-30%" width="160%" height="160%"><feGaussianBlur stdDeviation="1.1"/></filter>
<clipPath id="face"><path d="${facePath(f)}"/></clipPath>
</defs>`;

const body = (f: FaceShape): string => {
  const w = f.width;
  const top = f.chin * 0.55;
  const collar = f.chin + 20;
  const shoulder = w * 1.75 + 14;
  return `<path d="M${n(-w * 0.5)} ${n(top)} L${n(-w * 0.53)} ${n(collar)} Q0 ${n(collar + 34)} ${n(w * 0.53)} ${n(collar)} L${n(w * 0.5)} ${n(top)}Z" fill="url(#neck)"/>
<path d="M${n(-shoulder)} 330 C${n(-shoulder)} ${n(collar + 30)} ${n(-w)} ${n(collar + 14)} ${n(-w * 0.52)} ${n(collar - 6)} Q0 ${n(collar + 46)} ${n(w * 0.52)} ${n(collar - 6)} C${n(w)} ${n(collar + 14)} ${n(shoulder)} ${n(collar + 30)} ${n(shoulder)} 330Z" fill="url(#cloth)"/>
<path d="M${n(-w * 0.52)} ${n(collar - 6)} Q0 ${n(collar + 46)} ${n(w * 0.52)} ${n(collar - 6)}" fill="none" stroke="${shade(f.clothes, -0.35)}" stroke-width="3.5" stroke-linecap="round"/>`;
};

const ears = (f: FaceShape): string =>
  [-1, 1]
    .map(
      (s) => `<g transform="translate(${n(s * (f.width + 1))} 8) rotate(${s * 6})"><ellipse rx="10" ry="21" fill="${shade(f.skin, -0.08)}"/>
<path d="M${s * 3} -12 Q${s * 8} 0 ${s * 1} 12" fill="none" stroke="${shade(f.skin, -0.32)}" stroke-width="2.2" stroke-linecap="round"/></g>`,
    )
    .join('');

const eye = (f: FaceShape, s: 1 | -1): string => {
  const { eyeWidth: w, eyeHeight: h } = f;
  const shape = `M${-w} 1 C${n(-w * 0.55)} ${n(-h * 1.35)} ${n(w * 0.5)} ${n(-h * 1.35)} ${w} -1 C${n(w * 0.5)} ${n(h * 0.95)} ${n(-w * 0.5)} ${n(h * 1.05)} ${-w} 1Z`;
  const upper = `M${n(-w - 1)} 2 C${n(-w * 0.55)} ${n(-h * 1.4)} ${n(w * 0.5)} ${n(-h * 1.4)} ${n(w + 2.5)} -2`;
  const id = s === 1 ? 'eye-r' : 'eye-l';
  const r = Math.min(w * 0.5, h * 0.98 + 1.2);
  const crease =
    f.eyelid > 0
      ? `<path d="M${n(-w * 0.9)} ${n(-h * 0.75 - 1)} C${n(-w * 0.4)} ${n(-h * 1.5 - f.eyelid)} ${n(w * 0.5)} ${n(-h * 1.5 - f.eyelid)} ${n(w * 1.1)} ${n(-h * 0.6 - 2)}" fill="none" stroke="${shade(f.skin, -0.42)}" stroke-width="1.4" stroke-linecap="round"/>`
      : '';
  return `<g transform="translate(${n(s * f.eyeX)} 0) scale(${s} 1) rotate(${n(-f.eyeTilt)})">
<ellipse cx="-2" cy="-4" rx="${n(w * 1.35)}" ry="${n(h * 1.9)}" fill="${shade(f.skin, -0.3)}" opacity="${n(0.9 * f.socket)}" filter="url(#soft)"/>
<clipPath id="${id}"><path d="${shape}"/></clipPath>
<path d="${shape}" fill="#f6f1ec"/><g clip-path="url(#${id})"><circle cx="0" cy="-0.6" r="${n(r)}" fill="url(#iris)"/>
<path d="M${-w} ${n(-h * 1.4)} H${w} V${n(-h * 0.55)} Q0 ${n(-h * 0.95)} ${-w} ${n(-h * 0.3)}Z" fill="#40302a" opacity="0.35"/></g>
<circle cx="${n(s * 1.9)}" cy="${n(-r * 0.42)}" r="${n(r * 0.24)}" fill="#fff" opacity="0.95"/>
<path d="${upper}" fill="none" stroke="#2a1d19" stroke-width="2.5" stroke-linecap="round"/>
<path d="M${n(-w * 0.8)} ${n(h * 0.62)} Q${n(w * 0.1)} ${n(h * 1.15)} ${n(w * 0.95)} 0.5" fill="none" stroke="${shade(f.skin, -0.45)}" stroke-width="1.1" opacity="0.8"/>${crease}</g>`;
};

const brow = (f: FaceShape, s: 1 | -1): string => {
  const w = f.eyeWidth * f.browLength;
  const t = f.browThickness;
  const colour = shade(f.hairColour, f.age > 0.6 ? -0.3 : -0.1);
  return `<g transform="translate(${n(s * f.eyeX)} ${n(-f.browGap)}) scale(${s} 1) rotate(${n(-f.browTilt)})" filter="url(#fine)"><path d="M${n(-w * 0.9)} ${n(t * 0.7)} Q0 ${n(-t * 1.5)} ${n(w * 1.05)} ${n(t * 0.6)} Q${n(w * 0.1)} ${n(-t * 0.1)} ${n(-w * 0.85)} ${n(t * 1.6)}Z" fill="${colour}" opacity="0.92"/></g>`;
};

const nose = (f: FaceShape): string => {
  const { noseLength: y, noseWidth: w, bridge, skin } = f;
  return `<path d="M-5 -6 Q${n(-w * 0.42)} ${n(y * 0.5)} ${n(-w * 0.75)} ${n(y - 6)}" fill="none" stroke="${shade(skin, -0.38)}" stroke-width="6" opacity="${n(0.15 + 0.65 * bridge)}" filter="url(#soft)"/>
<path d="M6 -4 Q${n(w * 0.3)} ${n(y * 0.5)} ${n(w * 0.6)} ${n(y - 8)}" fill="none" stroke="${shade(skin, -0.38)}" stroke-width="4" opacity="${n(0.1 + 0.4 * bridge)}" filter="url(#soft)"/>
<ellipse cx="-1" cy="${n(y * 0.45)}" rx="3.4" ry="${n(y * 0.42)}" fill="${shade(skin, 0.45)}" opacity="0.5" filter="url(#soft)"/>
<ellipse cx="-1" cy="${n(y - 6)}" rx="${n(w * 0.4)}" ry="5" fill="${shade(skin, 0.5)}" opacity="0.5" filter="url(#soft)"/>
<ellipse cx="0" cy="${n(y + 4)}" rx="${n(w * 0.95)}" ry="5" fill="${shade(skin, -0.4)}" opacity="0.4" filter="url(#soft)"/>
<path d="M${n(-w)} ${n(y - 7)} Q${n(-w - 3)} ${n(y + 1)} ${n(-w * 0.72)} ${n(y + 1.5)} Q${n(-w * 0.3)} ${n(y - 1)} 0 ${n(y + 3)} Q${n(w * 0.3)} ${n(y - 1)} ${n(w * 0.72)} ${n(y + 1.5)} Q${n(w + 3)} ${n(y + 1)} ${n(w)} ${n(y - 7)}" fill="none" stroke="${shade(skin, -0.5)}" stroke-width="1.7" stroke-linecap="round" opacity="0.75"/>
${[-1, 1].map((s) => `<ellipse cx="${n(s * w * 0.5)}" cy="${n(y)}" rx="${n(w * 0.2)}" ry="1.9" fill="#54291f" opacity="0.75"/>`).join('')}`;
};

const mouth = (f: FaceShape, smile: number): string => {
  const { mouthY: y, mouthWidth: w, lips } = f;
  const corner = y - smile * 4.5;
  const line = `Q${n(-w * 0.35)} ${n(y + 1 + smile)} 0 ${n(y + 1.5 + smile)} Q${n(w * 0.35)} ${n(y + 1 + smile)} ${w} ${n(corner)}`;
  return `<ellipse cx="0" cy="${n(y + lips * 1.6 + 7)}" rx="${n(w * 0.6)}" ry="4" fill="${shade(f.skin, -0.4)}" opacity="0.4" filter="url(#soft)"/>
<path d="M${-w} ${n(corner)} Q${n(-w * 0.3)} ${n(y - lips * 1.15)} ${n(-w * 0.1)} ${n(y - lips * 0.95)} Q0 ${n(y - lips * 0.6)} ${n(w * 0.1)} ${n(y - lips * 0.95)} Q${n(w * 0.3)} ${n(y - lips * 1.15)} ${w} ${n(corner)} Q0 ${n(y + lips * 2.9 + smile)} ${-w} ${n(corner)}Z" fill="url(#lip)"/>
<path d="M${-w} ${n(corner)} ${line}" fill="none" stroke="${shade(f.lipColour, -0.6)}" stroke-width="1.9" stroke-linecap="round"/>
<ellipse cx="-2" cy="${n(y + lips * 0.9 + smile)}" rx="${n(w * 0.3)}" ry="${n(lips * 0.26)}" fill="#fff" opacity="0.28" filter="url(#fine)"/>
${[-1, 1].map((s) => `<ellipse cx="${n(s * (w + 2))}" cy="${n(corner)}" rx="3" ry="3" fill="${shade(f.skin, -0.45)}" opacity="0.4" filter="url(#fine)"/>`).join('')}`;
};

/** What years leave: folds beside the mouth, lines on the forehead, bags and feet at the eyes. */
const wrinkles = (f: FaceShape): string => {
  if (f.age <= 0) return '';
  const ink = shade(f.skin, -0.5);
  const line = (d: string, width: number, opacity: number) =>
    `<path d="${d}" fill="none" stroke="${ink}" stroke-width="${width}" stroke-linecap="round" opacity="${n(opacity * 10 * f.age) === '0' ? 0.05 : (opacity * f.age).toFixed(2)}" filter="url(#fine)"/>`;
  const sides = [-1, 1].map((s) => {
    const x = (value: number) => n(s * value);
    return (
      line(
        `M${x(f.noseWidth + 3)} ${n(f.noseLength - 4)} Q${x(f.mouthWidth + 9)} ${n(f.mouthY - 12)} ${x(f.mouthWidth + 8)} ${n(f.mouthY + 6)}`,
        2.4,
        0.75,
      ) +
      line(
        `M${x(f.eyeX - f.eyeWidth)} ${n(f.eyeHeight + 5)} Q${x(f.eyeX)} ${n(f.eyeHeight + 13)} ${x(f.eyeX + f.eyeWidth)} ${n(f.eyeHeight + 4)}`,
        2,
        0.6,
      ) +
      [-5, 0, 6].map((dy) => line(`M${x(f.eyeX + f.eyeWidth + 5)} ${n(dy * 0.6)} l${x(9)} ${dy}`, 1.4, 0.5)).join('')
    );
  });
  const forehead = [0, 11, 21].map((dy) =>
    line(`M-30 ${n(-f.browGap - 20 - dy)} Q0 ${n(-f.browGap - 25 - dy)} 31 ${n(-f.browGap - 19 - dy)}`, 1.8, 0.45),
  );
  return sides.join('') + (f.age > 0.5 ? forehead.join('') : '');
};

const beard = (f: FaceShape): string => {
  const colour = shade(f.hairColour, -0.15);
  const { mouthY: y, mouthWidth: w, lips } = f;
  if (f.beard === undefined) return '';
  if (f.beard === 'stubble')
    return `<path d="M${n(-f.width)} 20 Q${n(-f.width * 0.6)} ${n(y)} 0 ${n(y - lips * 2.4)} Q${n(f.width * 0.6)} ${n(y)} ${n(f.width)} 20 V140 H${n(-f.width)}Z" fill="${colour}" opacity="0.22" filter="url(#softer)"/>`;
  const moustache = `<path d="M0 ${n(f.noseLength + 7)} Q${n(-w * 0.7)} ${n(f.noseLength + 4)} ${n(-w - 5)} ${n(y + 1)} Q${n(-w * 0.5)} ${n(y - lips * 0.7)} 0 ${n(y - lips * 0.9)} Q${n(w * 0.5)} ${n(y - lips * 0.7)} ${n(w + 5)} ${n(y + 1)} Q${n(w * 0.7)} ${n(f.noseLength + 4)} 0 ${n(f.noseLength + 7)}Z" fill="${colour}" opacity="0.9" filter="url(#fine)"/>`;
  if (f.beard === 'moustache') return moustache;
  return `${moustache}<path d="M${n(-w * 0.55)} ${n(y + lips * 1.9)} Q0 ${n(y + lips * 2.6)} ${n(w * 0.55)} ${n(y + lips * 1.9)} Q${n(w * 0.6)} ${n(f.chin + 3)} 0 ${n(f.chin + 7)} Q${n(-w * 0.6)} ${n(f.chin + 3)} ${n(-w * 0.55)} ${n(y + lips * 1.9)}Z" fill="${colour}" opacity="0.88" filter="url(#fine)"/>`;
};

const glasses = (f: FaceShape): string => {
  if (f.glasses === undefined) return '';
  const colour = f.glassesColour ?? '#2b2b30';
  const [rx, ry, corner] = f.glasses === 'round' ? [f.eyeX * 0.72, f.eyeX * 0.68, f.eyeX] : [f.eyeX * 0.78, f.eyeX * 0.52, 7];
  const lens = (s: 1 | -1) => {
    const x = s * f.eyeX - rx;
    const frame =
      f.glasses === 'half'
        ? `<path d="M${n(x)} ${n(-ry + 5)} H${n(x + 2 * rx)}" stroke="${colour}" stroke-width="5" stroke-linecap="round"/><rect x="${n(x)}" y="${n(-ry + 3)}" width="${n(2 * rx)}" height="${n(2 * ry)}" rx="${n(corner)}" fill="none" stroke="${colour}" stroke-width="1.2"/>`
        : `<rect x="${n(x)}" y="${n(-ry + 3)}" width="${n(2 * rx)}" height="${n(2 * ry)}" rx="${n(corner)}" fill="none" stroke="${colour}" stroke-width="3.2"/>`;
    return `<rect x="${n(x)}" y="${n(-ry + 3)}" width="${n(2 * rx)}" height="${n(2 * ry)}" rx="${n(corner)}" fill="#dfeaf2" opacity="0.14"/>${frame}<path d="M${n(s * (f.eyeX + rx))} ${n(-ry * 0.4)} L${n(s * (f.width + 3))} -6" stroke="${colour}" stroke-width="3"/>`;
  };
  return `${lens(1)}${lens(-1)}<path d="M${n(-f.eyeX + rx)} -2 Q0 -10 ${n(f.eyeX - rx)} -2" fill="none" stroke="${colour}" stroke-width="3"/>`;
};

/** The person's definitions and head with shoulders, origin between the eyes. */
export const drawPerson = (f: FaceShape, pose: Pose): string => {
  const blush = [-1, 1]
    .map(
      (s) =>
        `<ellipse cx="${n(s * f.width * 0.62)}" cy="${n(f.noseLength + 2)}" rx="17" ry="11" fill="#e0604f" opacity="${(0.3 * f.blush).toFixed(2)}" filter="url(#softer)"/>`,
    )
    .join('');
  const cheeks = [-1, 1]
    .map(
      (s) =>
        `<path d="M${n(s * f.width * 0.95)} ${n(f.noseLength)} Q${n(s * f.width * 0.6)} ${n(f.noseLength + 14)} ${n(s * f.width * 0.5)} ${n(f.mouthY + 10)}" fill="none" stroke="${shade(f.skin, -0.4)}" stroke-width="13" opacity="${n(f.cheek * 0.7)}" filter="url(#softer)"/>`,
    )
    .join('');
  const mole = f.mole === undefined ? '' : `<circle cx="${f.mole[0]}" cy="${f.mole[1]}" r="2.3" fill="#3f2720"/>`;
  const shadow = `<path d="${facePath(f)}" fill="none" stroke="${shade(f.skin, -0.5)}" stroke-width="16" opacity="0.35" filter="url(#softer)" clip-path="url(#face)"/>`;
  const features = `${eye(f, -1)}${eye(f, 1)}${brow(f, -1)}${brow(f, 1)}${nose(f)}${mouth(f, pose.smile)}${wrinkles(f)}${mole}`;
  return `${defs(f)}${drawHairBack(f)}${body(f)}<g transform="rotate(${n(pose.tiltDegrees)} 0 ${n(f.chin)})">${ears(f)}
<path d="${facePath(f)}" fill="url(#skin)"/>${shadow}<g clip-path="url(#face)"><g transform="translate(${n(pose.turn)} 0)">${cheeks}${blush}${beard({ ...f, ...(f.beard === 'stubble' ? {} : { beard: undefined as never }) })}</g></g>
<g transform="translate(${n(pose.turn)} 0)">${features}${f.beard === 'stubble' ? '' : beard(f)}</g>${drawHairFront(f)}<g transform="translate(${n(pose.turn * 0.8)} 0)">${glasses(f)}</g></g>`;
};

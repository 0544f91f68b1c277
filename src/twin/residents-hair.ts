// Hair of the drawn residents: what falls behind the head and what frames the face. Same coordinates as residents-drawing.ts.

export type HairStyle = 'crop' | 'side-part' | 'bob' | 'long' | 'bun' | 'receding' | 'bowl' | 'wavy' | 'pigtails' | 'permed';

interface Head {
  readonly width: number;
  readonly chin: number;
  readonly skull: number;
  readonly hair: HairStyle;
}

const n = (value: number): string => String(Math.round(value * 10) / 10);
const FILL = 'fill="url(#hair)"';

/** A cap from ear to ear over the skull, `out` wider than the face and reaching down to `down` at the sides. */
const cap = ({ width, skull }: Head, out: number, down: number, fringe: string): string => {
  const w = width + out;
  const top = -skull - out * 1.25;
  return `<path d="M${n(-w)} ${n(down)} C${n(-w * 1.12)} ${n(-skull * 0.75)} ${n(-w * 0.75)} ${n(top)} 0 ${n(top)} C${n(w * 0.75)} ${n(top)} ${n(w * 1.12)} ${n(-skull * 0.75)} ${n(w)} ${n(down)} ${fringe}Z" ${FILL}/>`;
};

const strands = (paths: readonly string[]): string =>
  paths.map((d) => `<path d="${d}" fill="none" stroke="#fff" stroke-width="2" opacity="0.1" stroke-linecap="round"/>`).join('');

/** Drawn before the head. */
export const drawHairBack = (head: Head): string => {
  const { width: w, chin, skull } = head;
  const behind = (spread: number, bottom: number) =>
    `<path d="M${n(-w - 12)} ${n(-skull * 0.5)} C${n(-w - spread)} 20 ${n(-w - spread)} ${n(bottom * 0.7)} ${n(-w - spread * 0.6)} ${n(bottom)} Q0 ${n(bottom + 16)} ${n(w + spread * 0.6)} ${n(bottom)} C${n(w + spread)} ${n(bottom * 0.7)} ${n(w + spread)} 20 ${n(w + 12)} ${n(-skull * 0.5)}Z" ${FILL}/>`;
  switch (head.hair) {
    case 'bob':
      return behind(24, chin * 0.82);
    case 'long':
      return behind(24, chin + 92);
    case 'wavy':
      return `${behind(34, chin + 40)}${[-1, 1].map((s) => `<ellipse cx="${n(s * (w + 16))}" cy="${n(chin)}" rx="24" ry="46" ${FILL}/>`).join('')}`;
    case 'bun':
      return `<circle cx="0" cy="${n(-skull - 22)}" r="31" ${FILL}/>`;
    case 'pigtails':
      return [-1, 1]
        .map(
          (s) =>
            `<path d="M${n(s * (w - 6))} -40 C${n(s * (w + 62))} -50 ${n(s * (w + 58))} 60 ${n(s * (w + 24))} 92 C${n(s * (w + 22))} 50 ${n(s * (w + 18))} 10 ${n(s * (w - 6))} -10Z" ${FILL}/>`,
        )
        .join('');
    case 'permed':
      return Array.from({ length: 13 }, (_, i) => {
        const angle = Math.PI * (1.12 - (i / 12) * 1.24);
        return `<circle cx="${n(Math.cos(angle) * (w + 12))}" cy="${n(-Math.sin(angle) * (skull + 4) + 4)}" r="26" ${FILL}/>`;
      }).join('');
    default:
      return '';
  }
};

/** Drawn over the face. */
export const drawHairFront = (head: Head): string => {
  const { width: w, skull } = head;
  const s = skull;
  switch (head.hair) {
    case 'crop':
      return `${cap(head, 6, -22, `L${n(w - 3)} -40 C${n(w * 0.8)} ${n(-s * 0.74)} ${n(w * 0.4)} ${n(-s * 0.66)} 0 ${n(-s * 0.7)} C${n(-w * 0.4)} ${n(-s * 0.66)} ${n(-w * 0.8)} ${n(-s * 0.74)} ${n(-w + 3)} -40`)}${strands([`M-30 ${n(-s - 4)} Q-20 ${n(-s * 0.9)} -24 ${n(-s * 0.75)}`, `M20 ${n(-s - 4)} Q26 ${n(-s * 0.9)} 24 ${n(-s * 0.75)}`])}`;
    case 'side-part':
      return `${cap(head, 9, -12, `L${n(w - 2)} -34 C${n(w * 0.9)} ${n(-s * 0.6)} ${n(w * 0.4)} ${n(-s * 0.55)} ${n(-w * 0.38)} ${n(-s * 0.86)} C${n(-w * 0.7)} ${n(-s * 0.7)} ${n(-w * 0.85)} ${n(-s * 0.5)} ${n(-w + 2)} -30`)}${strands([`M${n(-w * 0.4)} ${n(-s * 0.92)} Q10 ${n(-s * 1.05)} ${n(w * 0.8)} ${n(-s * 0.62)}`, `M${n(-w * 0.3)} ${n(-s * 0.98)} Q20 ${n(-s * 1.1)} ${n(w * 0.9)} ${n(-s * 0.5)}`])}`;
    case 'bob':
      return `${cap(head, 15, 62, `Q${n(w + 2)} 40 ${n(w - 3)} -30 C${n(w * 0.7)} ${n(-s * 0.42)} ${n(-w * 0.7)} ${n(-s * 0.42)} ${n(-w + 3)} -30 Q${n(-w - 2)} 40 ${n(-w - 15)} 62`)}${strands([`M-20 ${n(-s)} Q-30 ${n(-s * 0.7)} -32 ${n(-s * 0.45)}`, `M24 ${n(-s)} Q34 ${n(-s * 0.7)} 34 ${n(-s * 0.45)}`])}`;
    case 'long':
      return `${cap(head, 13, 96, `Q${n(w - 2)} 50 ${n(w - 4)} -20 C${n(w * 0.86)} ${n(-s * 0.65)} ${n(w * 0.35)} ${n(-s * 0.82)} 4 ${n(-s * 0.9)} C${n(-w * 0.35)} ${n(-s * 0.82)} ${n(-w * 0.86)} ${n(-s * 0.65)} ${n(-w + 4)} -20 Q${n(-w + 2)} 50 ${n(-w - 13)} 96`)}${strands([`M4 ${n(-s)} C40 ${n(-s * 0.9)} ${n(w)} -40 ${n(w + 3)} 40`, `M0 ${n(-s)} C-40 ${n(-s * 0.9)} ${n(-w)} -40 ${n(-w - 3)} 40`])}`;
    case 'wavy':
      return `${cap(head, 17, 56, `C${n(w - 8)} 30 ${n(w + 6)} 0 ${n(w - 8)} -28 C${n(w * 0.6)} ${n(-s * 0.48)} ${n(w * 0.1)} ${n(-s * 0.6)} ${n(-w * 0.2)} ${n(-s * 0.88)} C${n(-w * 0.5)} ${n(-s * 0.7)} ${n(-w * 0.85)} ${n(-s * 0.5)} ${n(-w + 6)} -26 C${n(-w - 6)} 0 ${n(-w + 8)} 30 ${n(-w - 17)} 56`)}${strands([`M${n(-w * 0.2)} ${n(-s * 0.95)} C30 ${n(-s)} ${n(w)} ${n(-s * 0.6)} ${n(w + 6)} 10`])}`;
    case 'bun':
      return cap(
        head,
        7,
        -8,
        `C${n(w * 0.92)} ${n(-s * 0.5)} ${n(w * 0.6)} ${n(-s * 0.84)} 0 ${n(-s * 0.86)} C${n(-w * 0.6)} ${n(-s * 0.84)} ${n(-w * 0.92)} ${n(-s * 0.5)} ${n(-w - 7)} -8`,
      );
    case 'receding':
      return [-1, 1]
        .map(
          (side) =>
            `<path d="M${n(side * (w - 3))} 16 C${n(side * (w + 13))} -10 ${n(side * (w + 8))} ${n(-s * 0.62)} ${n(side * w * 0.62)} ${n(-s * 0.88)} C${n(side * w * 0.84)} ${n(-s * 0.55)} ${n(side * (w - 8))} -34 ${n(side * (w - 3))} 16Z" ${FILL}/>`,
        )
        .join('');
    case 'bowl':
      return `${cap(head, 11, -6, `C${n(w * 0.98)} -30 ${n(w * 0.9)} ${n(-s * 0.36)} ${n(w * 0.8)} ${n(-s * 0.38)} Q0 ${n(-s * 0.46)} ${n(-w * 0.8)} ${n(-s * 0.38)} C${n(-w * 0.9)} ${n(-s * 0.36)} ${n(-w * 0.98)} -30 ${n(-w - 11)} -6`)}${strands([`M-24 ${n(-s)} V${n(-s * 0.45)}`, `M2 ${n(-s * 1.05)} V${n(-s * 0.5)}`, `M28 ${n(-s)} V${n(-s * 0.45)}`])}`;
    case 'pigtails':
      return `${cap(head, 9, -6, `C${n(w * 0.96)} -34 ${n(w * 0.8)} ${n(-s * 0.45)} ${n(w * 0.5)} ${n(-s * 0.48)} Q0 ${n(-s * 0.54)} ${n(-w * 0.5)} ${n(-s * 0.48)} C${n(-w * 0.8)} ${n(-s * 0.45)} ${n(-w * 0.96)} -34 ${n(-w - 9)} -6`)}${[-1, 1].map((side) => `<circle cx="${n(side * (w + 10))}" cy="-42" r="8" fill="#e8566e"/>`).join('')}`;
    case 'permed':
      return Array.from({ length: 9 }, (_, i) => {
        const angle = Math.PI * (0.94 - (i / 8) * 0.88);
        return `<circle cx="${n(Math.cos(angle) * w * 0.86)}" cy="${n(-Math.sin(angle) * (s * 0.36) - s * 0.6)}" r="17" ${FILL}/>`;
      }).join('');
  }
};

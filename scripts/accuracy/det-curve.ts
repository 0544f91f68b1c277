// Error rates on logarithmic axes as an SVG: 1e-6 to 1 across and 0.1 % to 100 % up. Pure.

type Curve = readonly { readonly far: number; readonly frr: number }[];

export const detCurve = (curves: readonly (readonly [name: string, colour: string, curve: Curve])[]): string => {
  const x = (far: number) => 70 + ((Math.log10(Math.max(far, 1e-6)) + 6) / 6) * 520;
  const y = (frr: number) => 350 - ((Math.log10(Math.max(frr, 1e-3)) + 3) / 3) * 320;
  const columns = [-6, -5, -4, -3, -2, -1, 0].map((e) => {
    const label = e === 0 ? '1' : `1e${e}`;
    return `<path d="M${x(10 ** e)} 30V350" stroke="#ddd"/><text x="${x(10 ** e)}" y="368" text-anchor="middle">${label}</text>`;
  });
  const rows = [-3, -2, -1, 0].map((e) => {
    const at = y(10 ** e);
    return `<path d="M70 ${at}H590" stroke="#ddd"/><text x="64" y="${at + 4}" text-anchor="end">${(100 * 10 ** e).toString()} %</text>`;
  });
  const lines = curves.map(([name, colour, curve], i) => {
    const points = curve.filter(({ far }) => far > 0).map(({ far, frr }) => `${x(far).toFixed(1)},${y(frr).toFixed(1)}`);
    const key = `<path d="M360 ${52 + i * 20}h24" stroke="${colour}" stroke-width="3"/><text x="390" y="${56 + i * 20}">${name}</text>`;
    return `<polyline fill="none" stroke="${colour}" stroke-width="2" points="${points.join(' ')}"/>${key}`;
  });
  const axes =
    '<text x="330" y="390" text-anchor="middle">false accept rate (all cross-identity pairs)</text><text x="16" y="190" transform="rotate(-90 16 190)" text-anchor="middle">false reject rate</text>';
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 620 400" font-family="sans-serif" font-size="12" fill="#333"><rect width="620" height="400" fill="#fff"/>${columns.join('')}${rows.join('')}${lines.join('')}${axes}</svg>\n`;
};

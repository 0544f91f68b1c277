// One question of the doctor: what is looked at, how it answers, and what to do when the answer is not good.

import type { Facts } from '../../display/languages/technician-facts.ts';

export type Level = 'ok' | 'warn' | 'fail';

export interface Finding {
  readonly level: Level;
  /** What was measured, in the technician's terms; never personal. */
  readonly facts: Facts;
  /** What to do; missing when all is well. */
  readonly advice?: { readonly ja: string; readonly en: string };
}

export interface Check {
  /** Stable: the terminal and scripts go by it. */
  readonly id: string;
  readonly title: { readonly ja: string; readonly en: string };
  run(signal: AbortSignal): Promise<Finding>;
}

export interface Report {
  readonly at: string;
  readonly level: Level;
  readonly findings: readonly (Finding & { readonly id: string; readonly title: { readonly ja: string; readonly en: string } })[];
}

const WORST: readonly Level[] = ['ok', 'warn', 'fail'];

export const ok = (facts: Finding['facts']): Finding => ({ level: 'ok', facts });
export const warn = (facts: Finding['facts'], ja: string, en: string): Finding => ({ level: 'warn', facts, advice: { ja, en } });
export const fail = (facts: Finding['facts'], ja: string, en: string): Finding => ({ level: 'fail', facts, advice: { ja, en } });

/** A check that hangs is a failed one. */
const LIMIT_MS = 15_000;

/** Runs the checks one after another: two of them may want the same bus. Never throws. */
export const examine = async (checks: readonly Check[], now: () => number): Promise<Report> => {
  const findings: Report['findings'][number][] = [];
  for (const { id, title, run } of checks) {
    const finding = await run(AbortSignal.timeout(LIMIT_MS)).catch((cause: unknown) =>
      fail(
        { error: cause instanceof Error ? cause.message : 'unknown' },
        'この検査が終わりませんでした。もう一度試し、続くときは保守窓口へ連絡してください。',
        'This check did not finish. Try again; if it goes on, call the maintenance contact.',
      ),
    );
    findings.push({ id, title, ...finding });
  }
  const level = findings.reduce<Level>((worst, one) => (WORST.indexOf(one.level) > WORST.indexOf(worst) ? one.level : worst), 'ok');
  return { at: new Date(now()).toISOString(), level, findings };
};

/** Width on a terminal: kana and kanji take two columns. */
const columns = (text: string): number => [...text].reduce((sum, one) => sum + ((one.codePointAt(0) ?? 0) > 0x2e7f ? 2 : 1), 0);

/** The report as lines for a person. */
export const reportText = (report: Report, language: 'ja' | 'en'): string => {
  const width = Math.max(...report.findings.map(({ title }) => columns(title[language])));
  const lines = report.findings.flatMap(({ level, title, facts, advice }) => {
    const numbers = Object.entries(facts).map(([key, value]) => `${key} ${value}`);
    const head = `${level.padEnd(5)} ${title[language]}${' '.repeat(width - columns(title[language]))}  ${numbers.join(', ')}`;
    return advice === undefined ? [head.trimEnd()] : [head.trimEnd(), `      → ${advice[language]}`];
  });
  return `${lines.join('\n')}\n`;
};

// Draws docs/journeys.md from the statechart itself: a diagram, and a row per state.
// `tsx scripts/generate-journeys.ts` writes the file; a test fails when the file is stale. Nothing here is written by hand about a state.

import { writeFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { getStateNodes } from '@xstate/graph';
import { freshContext } from '../src/visit/context.ts';
import { visitMachine } from '../src/visit/machine.ts';
import { visitSettings } from '../src/visit/settings.ts';

type Node = ReturnType<typeof getStateNodes>[number];
type Transition = Node['transitions'] extends Map<string, infer List> ? (List extends readonly (infer One)[] ? One : never) : never;

const settings = visitSettings();
const context = freshContext(settings);

const nodes = getStateNodes(visitMachine).filter(({ path }) => path[0] === 'journey' && path.length > 1);
const nameOf = (node: Node): string => node.path.slice(1).join('.');
const idOf = (node: Node): string => nameOf(node).replace(/[^a-z]/gi, '_');
const isLeaf = (node: Node): boolean => Object.keys(node.states).length === 0;

/** The state a target leads into. */
const entered = (node: Node): Node => {
  const first = node.initial?.target[0] as Node | undefined;
  return first === undefined ? node : entered(first);
};

/** Short words for an event: `PRESS.retry` is a press of retry, an `after` is a deadline. */
const words = (type: string): string => {
  if (type.startsWith('xstate.after.')) return `after ${type.split('.')[2] ?? ''}`;
  if (type.startsWith('xstate.done.actor.')) return `${type.slice('xstate.done.actor.'.length)} done`;
  if (type.startsWith('xstate.error.actor.')) return `${type.slice('xstate.error.actor.'.length)} failed`;
  return type.replace(/^PRESS\./, '');
};

/** Transitions of the node and of everything around it, the nearest first, as the statechart selects them. */
const transitionsOf = (node: Node): Transition[] => {
  const around: Transition[] = [];
  for (let at: Node | undefined = node; at !== undefined && at.path.length > 0; at = at.parent as Node | undefined) {
    around.push(...([...at.transitions.values()].flat() as Transition[]), ...((at.always ?? []) as Transition[]));
  }
  return around;
};

const targetOf = (transition: Transition): Node | undefined => {
  const target = transition.target?.[0] as Node | undefined;
  return target === undefined ? undefined : entered(target);
};

/** Where a visit, or the service, ends otherwise than hoped. */
const ABORTED = /^(ended\.notice|ended\.take-card|out-of-service|initialising|resting|shutting-down)/;

/** Whether an edge is the way on or the way out; undefined: neither (a step back, another card, the power button). */
const kindOf = (node: Node, transition: Transition, target: Node): 'success' | 'abort' | undefined => {
  const event = transition.eventType;
  if (event === 'PRESS.back' || event.startsWith('POWER.')) return undefined;
  if (node.path[1] === 'visit') {
    if (event === 'CARD.PLACED') return undefined;
    return ABORTED.test(nameOf(target)) ? 'abort' : 'success';
  }
  const leaves = /^(out-of-service|shutting-down)/.test(nameOf(target)) && node.path[1] !== 'shutting-down';
  return leaves || event === 'PRESS.cancel' ? 'abort' : 'success';
};

const distinct = (values: readonly string[]): string => [...new Set(values)].sort().join(', ') || '–';

const deadlineOf = (node: Node): string => {
  for (let at: Node | undefined = node; at !== undefined && at.path.length > 0; at = at.parent as Node | undefined) {
    const [first] = at.after;
    if (first === undefined) continue;
    const name = String(first.eventType).split('.')[2] ?? '';
    const delay = visitMachine.implementations.delays[name as keyof typeof visitMachine.implementations.delays] as
      | ((args: { context: typeof context }) => number)
      | undefined;
    return delay === undefined ? name : `${name}, ${delay({ context }) / 1000} s`;
  }
  return 'none: the end';
};

/** A forbidden event (no target, no action) hides what lies further out. */
const effective = (node: Node): Transition[] => {
  const forbidden = new Set<string>();
  const kept: Transition[] = [];
  for (const transition of transitionsOf(node)) {
    const { eventType } = transition;
    if (forbidden.has(eventType) || (forbidden.has('PRESS.*') && eventType.startsWith('PRESS.'))) continue;
    if (transition.target === undefined && transition.source !== undefined && (transition.source as Node).path.length > 2)
      forbidden.add(eventType);
    kept.push(transition);
  }
  return kept;
};

const row = (node: Node): string => {
  const screen = (node.meta as { readonly screen?: string } | undefined)?.screen ?? '';
  const edges = effective(node).flatMap((transition) => {
    const target = targetOf(transition);
    return target === undefined || target === node ? [] : [{ kind: kindOf(node, transition, target), name: nameOf(target) }];
  });
  const success = distinct(edges.filter(({ kind }) => kind === 'success').map(({ name }) => name));
  const abort = distinct(edges.filter(({ kind }) => kind === 'abort').map(({ name }) => name));
  return `| ${nameOf(node)} | ${screen} | ${deadlineOf(node)} | ${success} | ${abort} |`;
};

/** Arrows of one node, those to the same target on one line. */
const arrows = (node: Node): string[] => {
  const byTarget = new Map<string, Set<string>>();
  for (const transition of [...[...node.transitions.values()].flat(), ...(node.always ?? [])] as Transition[]) {
    const target = targetOf(transition);
    if (target === undefined || target === node) continue;
    const event = transition.eventType === '' ? 'at once' : words(transition.eventType);
    byTarget.set(idOf(target), (byTarget.get(idOf(target)) ?? new Set()).add(event));
  }
  return [...byTarget].map(([target, events]) => `  ${idOf(node)} --> ${target}: ${[...events].join(' / ')}`);
};

const declare = (node: Node, indent: string): string[] => {
  const children = Object.values(node.states) as Node[];
  if (children.length === 0) return [`${indent}state "${node.key}" as ${idOf(node)}`];
  const first = node.initial?.target[0] as Node | undefined;
  return [
    `${indent}state "${node.key}" as ${idOf(node)} {`,
    ...(first === undefined ? [] : [`${indent}  [*] --> ${idOf(first)}`]),
    ...children.flatMap((child) => declare(child, `${indent}  `)),
    `${indent}}`,
  ];
};

/** The whole text of docs/journeys.md. */
export const journeys = (): string => {
  const top = nodes.filter(({ path }) => path.length === 2);
  return [
    '# Journeys',
    '',
    'Drawn from the statechart in `src/visit/machine.ts` by `scripts/generate-journeys.ts`; do not edit.',
    '',
    'Beside the journey runs the link to the terminal: `down`, `up`, and `grace`, in which a visit waits',
    `${settings.timeouts.graceMs / 1000} s for a terminal that went away before it is ended (\`LINK.DOWN\`). An arrow that leaves a box leaves every state inside it.`,
    '',
    '```mermaid',
    'stateDiagram-v2',
    '  [*] --> splash',
    ...top.flatMap((node) => declare(node, '  ')),
    ...nodes.flatMap(arrows),
    '```',
    '',
    'Every state with its screen, its deadline (facility defaults), where it leads when all is well, and where when it is not.',
    'States without a screen are crossroads that are left at once and have no row; steps back and the next card are in the diagram only. A long press of the power button leads from everywhere to `shutting-down`.',
    '',
    '| state | screen | deadline | success | abort |',
    '| --- | --- | --- | --- | --- |',
    ...nodes.filter((node) => isLeaf(node) && node.meta !== undefined).map(row),
    '',
  ].join('\n');
};

const [, script] = process.argv;
if (script !== undefined && import.meta.url === pathToFileURL(script).href) {
  writeFileSync(new URL('../docs/journeys.md', import.meta.url), journeys());
}

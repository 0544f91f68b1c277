// What the kiosk's thread and the face thread say to each other. Pixels and embeddings travel as transferred copies that the receiver wipes.

import { type Facts, type FailureCode, isFailure, KioskFailure } from '../../core/failure.ts';
import type { ChallengeName } from '../antispoof/challenge.ts';
import type { Embedding, FaceDecision, FacePlace, FaceProgress } from '../ports.ts';

/** What the face thread is started with. */
export interface WorkerSettings {
  /** Directory of the model pack; default: the cache of npm ci. */
  readonly root?: string;
  /** Asked for; the model pack says which threshold that is. */
  readonly falseAcceptRate?: number;
  /** Instead of the one for falseAcceptRate. */
  readonly threshold?: number;
  readonly livenessThreshold?: number;
  readonly challenge?: ChallengeName;
}

export interface SentFailure {
  readonly code: FailureCode;
  readonly facts: Facts;
  readonly message: string;
}

export type ToWorker =
  | { readonly type: 'enrol'; readonly id: number; readonly photo: Uint8Array }
  | { readonly type: 'verify'; readonly id: number; readonly enrolled: Embedding; readonly timeoutMs: number }
  | { readonly type: 'frame'; readonly id: number; readonly seq: number; readonly at: number; readonly jpeg: Uint8Array }
  | { readonly type: 'no-frame'; readonly id: number; readonly failure: SentFailure }
  | { readonly type: 'abort'; readonly id: number }
  | { readonly type: 'close' };

export type FromWorker =
  | { readonly type: 'ready' }
  | { readonly type: 'not-ready'; readonly failure: SentFailure }
  | { readonly type: 'want-frame'; readonly id: number; readonly afterSeq: number }
  | { readonly type: 'progress'; readonly id: number; readonly progress: FaceProgress }
  | { readonly type: 'seen'; readonly place: FacePlace | undefined }
  | { readonly type: 'enrolled'; readonly id: number; readonly embedding: Embedding }
  | { readonly type: 'decided'; readonly id: number; readonly decision: FaceDecision }
  | { readonly type: 'failed'; readonly id: number; readonly failure: SentFailure }
  | { readonly type: 'log'; readonly level: 'debug' | 'info' | 'warn' | 'error'; readonly event: string; readonly facts: Facts };

/** A failure as plain data; anything else than a KioskFailure becomes visit/internal with its message. */
export const sendable = (cause: unknown): SentFailure =>
  isFailure(cause)
    ? { code: cause.code, facts: cause.facts, message: cause.message }
    : { code: 'visit/internal', facts: {}, message: cause instanceof Error ? cause.message : 'unknown' };

export const received = ({ code, facts, message }: SentFailure): KioskFailure => new KioskFailure(code, { facts, message });

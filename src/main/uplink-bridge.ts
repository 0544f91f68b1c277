// What the link says to the visit, and what the visit's screens say to the site: presence both ways, and the terminal's commands.

import type { FailureCode } from '../core/failure.ts';
import type { ScreenModel } from '../core/screens.ts';
import type { Sound } from '../device/sound/ports.ts';
import type { Uplink, UplinkState } from '../uplink/ports.ts';
import type { CommandName } from '../visit/events.ts';
import type { Visit } from '../visit/visit.ts';

type Status = Parameters<Uplink['announce']>[0];

const COMMANDS: readonly string[] = ['cancel', 'approve-visual', 'out-of-service', 'in-service', 'shutdown'] satisfies CommandName[];
const isVisitCommand = (name: string): name is CommandName => COMMANDS.includes(name);

/** How the site sees a screen. */
export const statusOf = ({ screen }: ScreenModel): Status => {
  if (screen === 'splash' || screen === 'initialising') return 'init';
  if (screen === 'out-of-service' || screen === 'shutting-down') return 'out-of-service';
  return screen === 'idle' || screen === 'how-to' || screen === 'technician' ? 'ready' : 'busy';
};

export interface UplinkBridge {
  /** Called with every screen. */
  follow(model: ScreenModel): void;
  /** A part that patients can do without is gone, or back: the site hears of it whatever the screen shows. */
  part(code: FailureCode, works: boolean): void;
  stop(): void;
}

/** `restart`: starts the program anew; without it (the demonstration) the command is heard and nothing happens. */
export const linkVisitToUplink = (
  uplink: Pick<Uplink, 'onState' | 'onCommand' | 'announce'>,
  visit: Pick<Visit, 'send' | 'screen'>,
  sound: Pick<Sound, 'tone'>,
  restart: () => void = () => undefined,
): UplinkBridge => {
  const tell = ({ broker, terminal }: UplinkState): void => {
    visit.send({ type: broker === 'connected' ? 'BROKER.READY' : 'BROKER.LOST' });
    visit.send({ type: terminal === 'ready' ? 'TERMINAL.READY' : 'TERMINAL.LOST' });
  };
  const unwatch = uplink.onState(tell);
  const uncommand = uplink.onCommand(({ name, visitId }) => {
    if (isVisitCommand(name)) visit.send({ type: 'COMMAND', command: name, ...(visitId === undefined ? {} : { visitId }) });
    // Staff look for the kiosk they are talking about.
    if (name === 'identify') sound.tone('accepted');
    // Never under a patient's hands: staff end the visit first.
    if (name === 'restart' && statusOf(visit.screen) !== 'busy') restart();
  });
  let announced = '';
  const broken = new Set<FailureCode>();
  const announce = (model: ScreenModel): void => {
    const status = statusOf(model);
    const shown = model.screen === 'out-of-service' && model.code !== undefined ? [model.code] : [];
    const faults = [...new Set([...shown, ...broken])];
    const key = [status, ...faults].join(' ');
    if (key === announced) return;
    announced = key;
    uplink.announce(status, faults);
  };
  return {
    follow: announce,
    part(code, works) {
      if (works) broken.delete(code);
      else broken.add(code);
      announce(visit.screen);
    },
    stop() {
      unwatch();
      uncommand();
    },
  };
};

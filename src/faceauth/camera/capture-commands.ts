// The programs that fetch pictures from a camera, and the words that start them: rpicam-vid for the Raspberry Pi's own cameras, ffmpeg for those
// on USB. Each writes JPEG pictures to its standard output until it is ended. Pure.

import type { Rotation } from './exif-orientation.ts';

export interface CameraSettings {
  readonly source: 'none' | 'libcamera' | 'v4l2' | 'directory' | 'drawn';
  /** libcamera: number of the camera. */
  readonly index: number;
  /** v4l2: device node. */
  readonly device: string;
  /** v4l2: what the camera sends. */
  readonly format: 'mjpeg' | 'yuyv';
  /** directory: where recorded pictures lie. */
  readonly directory?: string | undefined;
  readonly width: number;
  readonly height: number;
  readonly fps: number;
  readonly rotation: Rotation;
  /** Fixed exposure; undefined: the camera's own automatic. */
  readonly exposureMs?: number | undefined;
  /** libcamera: sensor gain. */
  readonly gain?: number | undefined;
  /** libcamera: brightness that the automatic aims at, in stops. */
  readonly exposureStops?: number | undefined;
  /** libcamera: fixed focus, in dioptres (1 / distance in metres). */
  readonly focusDioptres?: number | undefined;
}

export interface CaptureCommand {
  readonly command: string;
  readonly args: readonly string[];
  /** Run once before; its failure is told and otherwise ignored. */
  readonly before?: { readonly command: string; readonly args: readonly string[] };
  /** Debian package that brings `command`. */
  readonly package: string;
  /** The node that is there while the camera is plugged in; undefined: a camera that is part of the box. */
  readonly device?: string;
}

const option = (name: string, value: number | undefined): string[] => (value === undefined ? [] : [name, String(value)]);

/** https://www.raspberrypi.com/documentation/computers/camera_software.html, rpicam-vid. */
export const libcameraCommand = (settings: CameraSettings): CaptureCommand => {
  const { index, width, height, fps, exposureMs, gain, exposureStops, focusDioptres } = settings;
  return {
    command: 'rpicam-vid',
    package: 'rpicam-apps',
    args: [
      ...['--codec', 'mjpeg', '--output', '-', '--flush', '--timeout', '0', '--nopreview', '--verbose', '0'],
      ...['--camera', String(index), '--width', String(width), '--height', String(height), '--framerate', String(fps)],
      ...option('--shutter', exposureMs === undefined ? undefined : Math.round(exposureMs * 1000)),
      ...option('--gain', gain),
      ...option('--ev', exposureStops),
      ...(focusDioptres === undefined ? [] : ['--autofocus-mode', 'manual', '--lens-position', String(focusDioptres)]),
    ],
  };
};

/** What ffmpeg reads: the device as V4L2 knows it. */
const v4l2Input = ({ device, format, width, height, fps }: CameraSettings): readonly string[] => [
  ...['-f', 'v4l2', '-input_format', format === 'mjpeg' ? 'mjpeg' : 'yuyv422'],
  ...['-video_size', `${width}x${height}`, '-framerate', String(fps), '-i', device],
];

/**
 * MJPEG is passed on as the camera compressed it; YUYV is compressed here. The exposure is a control of the device, set by v4l2-ctl
 * (V4L2_CID_EXPOSURE_AUTO: 1 manual, 3 aperture priority; V4L2_CID_EXPOSURE_ABSOLUTE in units of 100 µs).
 */
export const v4l2Command = (settings: CameraSettings, input: readonly string[] = v4l2Input(settings)): CaptureCommand => {
  const { format, device, exposureMs } = settings;
  const controls = exposureMs === undefined ? 'auto_exposure=3' : `auto_exposure=1,exposure_time_absolute=${Math.round(exposureMs * 10)}`;
  const output = format === 'mjpeg' ? ['-c:v', 'copy'] : ['-c:v', 'mjpeg', '-q:v', '3', '-pix_fmt', 'yuvj422p'];
  return {
    command: 'ffmpeg',
    package: 'ffmpeg',
    device,
    args: [
      '-hide_banner',
      '-loglevel',
      'error',
      '-nostdin',
      '-fflags',
      'nobuffer',
      ...input,
      '-an',
      ...output,
      '-f',
      'mjpeg',
      '-flush_packets',
      '1',
      'pipe:1',
    ],
    before: { command: 'v4l2-ctl', args: ['--device', device, `--set-ctrl=${controls}`] },
  };
};

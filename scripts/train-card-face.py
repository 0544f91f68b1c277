#!/usr/bin/env python3
"""Trains the card-face reader's network on rendered lines and writes it as ONNX. Needs Debian's python3-torch and python3-numpy.

  tsx scripts/render-card-lines.ts lines 6000 11            (fonts: see there)
  tsx scripts/render-card-lines.ts unseen 800 12 "BIZ UDPGothic"
  python3 scripts/train-card-face.py lines unseen OUT.onnx [MINUTES] [CHECKPOINT]

Input `line` 1x1x24xW: ink 0..1, see src/faceauth/card-face/line-image.ts. Output `logits` 1xCx(W/2): a column each two pixels.
Everything that spoils a picture of print is drawn at random for each line at each step: size, slant, blur, weak contrast, patterned ground,
noise, glare, neighbours above and below. The last line printed is the share of characters read right in a typeface never trained on.
"""
import json, math, sys, time
import numpy as np, torch, torch.nn as nn, torch.nn.functional as F

torch.manual_seed(3); rng = np.random.default_rng(3)
torch.set_num_threads(1)
H, W, STRIDE, INK = 24, 320, 2, 19.0


def load(path):
    info = json.load(open(path + '.json')); pixels = np.fromfile(path + '.bin', np.uint8)
    at, lines, height = 0, [], info['height']
    for line in info['lines']:
        n = line['width'] * height
        ink = 1 - pixels[at:at + n].reshape(height, line['width']).astype(np.float32) / 255
        at += n
        rows = np.nonzero(ink.max(1) > 0.4)[0]
        if len(rows) == 0 or not line['glyphs']: continue
        labels = [(x, info['alphabet'].find(c) if c in info['alphabet'] else len(info['alphabet'])) for x, c in line['glyphs']]
        lines.append((ink, rows[0], rows[-1] + 1, labels))
    return lines, len(info['alphabet'])


def gaussian(n, sigma):
    x = np.arange(n) - n // 2
    k = np.exp(-x * x / (2 * sigma * sigma)); return (k / k.sum()).astype(np.float32)


def blur(img, sx, sy):
    t = torch.from_numpy(img)[None, None]
    for sigma, horizontal in ((sx, True), (sy, False)):
        n = int(sigma * 3) * 2 + 1
        k = torch.from_numpy(gaussian(n, max(sigma, 0.05)))
        t = F.conv2d(t, k.view(1, 1, 1, n) if horizontal else k.view(1, 1, n, 1), padding=(0, n // 2) if horizontal else (n // 2, 0))
    return t


def smooth_field(h, w, cell):
    coarse = torch.from_numpy(rng.standard_normal((1, 1, max(2, int(h / cell) + 2), max(2, int(w / cell) + 2))).astype(np.float32))
    return F.interpolate(coarse, size=(h, w), mode='bicubic', align_corners=False)[0, 0].numpy()


def place(entry, hard, intruder=False):
    """Ink of one line on an HxW canvas, and its labels there."""
    ink, top, bottom, labels = entry
    scale = INK / (bottom - top) * rng.uniform(0.86, 1.12)
    sx = scale * rng.uniform(0.86, 1.16)
    sigma = rng.uniform(0.25, 1.5 if hard else 0.9)
    soft = blur(ink, max(0.6, sigma / sx * rng.uniform(0.8, 1.25)), max(0.6, sigma / scale))
    middle = (top + bottom) / 2
    left = rng.uniform(-30, max(1, ink.shape[1] - W / sx * 0.75))
    angle = rng.uniform(-0.02, 0.02); shear = rng.uniform(-0.12, 0.12); dy = rng.uniform(-1.8, 1.8) + (rng.choice([-1, 1]) * rng.uniform(21, 27) if intruder else 0)
    ys, xs = np.mgrid[0:H, 0:W].astype(np.float32)
    v = (ys + 0.5 - H / 2 - dy - angle * (xs - W / 2)) / scale + middle
    u = (xs + 0.5 + shear * (ys - H / 2)) / sx + left
    grid = np.stack([2 * u / ink.shape[1] - 1, 2 * v / ink.shape[0] - 1], -1)[None]
    out = F.grid_sample(soft, torch.from_numpy(grid.astype(np.float32)), align_corners=False)[0, 0].numpy()
    return out, [((x - left) * sx, c) for x, c in labels]


def example(entry, others, other_class):
    hard = rng.random() < 0.5
    ink, glyphs = place(entry, hard)
    ink = np.clip(ink, 0, 1) ** rng.uniform(0.6, 1.6)
    if rng.random() < 0.15: ink = np.maximum(ink, np.clip(place(others[rng.integers(len(others))], hard, True)[0], 0, 1))
    contrast = rng.uniform(0.15, 0.4) if hard and rng.random() < 0.3 else rng.uniform(0.4, 0.9)
    field = np.full((H, W), contrast, np.float32); veil = 0.0
    if rng.random() < 0.25:  # glare: print fades where light is mirrored
        cx, width, strength = rng.uniform(0, W), rng.uniform(10, 90), rng.uniform(0.3, 1)
        xs = np.arange(W) + rng.uniform(-1, 1) * np.arange(H)[:, None]
        spot = np.exp(-((xs - cx) / width) ** 2).astype(np.float32) * strength
        field = field * (1 - spot); veil = -spot * rng.uniform(0, 0.5)
    image = ink * field + veil
    if rng.random() < 0.7:
        ys, xs = np.mgrid[0:H, 0:W].astype(np.float32)
        fx, fy, bend = rng.uniform(-1.2, 1.2), rng.uniform(-1.2, 1.2), rng.uniform(0, 4)
        image = image + rng.uniform(0, 0.1) * np.sin(fx * xs + fy * ys + bend * np.sin(xs / rng.uniform(8, 40)) + rng.uniform(0, 6))
    if rng.random() < 0.5: image = image + rng.uniform(0, 0.08) * smooth_field(H, W, rng.uniform(4, 40))
    noise = rng.standard_normal((H, W)).astype(np.float32)
    if rng.random() < 0.5: noise = blur(noise, 0.7, 0.7)[0, 0].numpy() * 2
    image = image + noise * rng.uniform(0, 0.1 if hard else 0.05)
    if rng.random() < 0.15: image = image + (rng.random() < 0.5) * 0.4 * (np.abs(np.arange(H)[:, None] - rng.choice([rng.uniform(0, 2.5), rng.uniform(21.5, 24)])) < 0.8)
    low, high = np.quantile(image, 0.1), np.quantile(image, 0.98)
    image = np.clip((image - low) / max(high - low, 0.08), -0.4, 1.4).astype(np.float32)
    columns = np.arange(W // STRIDE) * STRIDE + 1.0
    target = np.full(W // STRIDE, other_class + 1, np.int64)
    for x, c in glyphs:
        d = np.abs(columns - x); target[d < 4] = -1
    for x, c in glyphs:
        d = np.abs(columns - x)
        faint = 0 <= x < W and field[:, int(x)].mean() < 0.1
        target[d <= 2.3] = -1 if faint else c
    target[:3] = -1; target[-3:] = -1
    return image, target


class Net(nn.Module):
    def __init__(self, classes):
        super().__init__()
        def conv(i, o, k=3, p=1): return nn.Sequential(nn.Conv2d(i, o, k, padding=p, bias=False), nn.BatchNorm2d(o), nn.ReLU())
        self.a, self.b, self.c = conv(1, 16), conv(16, 32), conv(32, 48)
        self.d = conv(48, 96, (3, 7), (0, 3)); self.drop = nn.Dropout(0.15)
        self.e = nn.Conv2d(96, classes, 1)

    def forward(self, x):
        x = F.max_pool2d(self.a(x), 2); x = F.max_pool2d(self.b(x), (2, 1)); x = F.max_pool2d(self.c(x), (2, 1))
        return self.e(self.drop(self.d(x)))[:, :, 0, :]


def judge(net, lines, other, n=300):
    net.eval(); right = total = 0
    with torch.no_grad():
        for entry in lines[:n]:
            image, target = example(entry, lines, other)
            got = net(torch.from_numpy(image)[None, None])[0].argmax(0).numpy()
            known = (target >= 0) & (target < 10)
            right += (got[known] == target[known]).sum(); total += known.sum()
    net.train(); return right, total


if __name__ == '__main__':
    train, other = load(sys.argv[1]); unseen, _ = load(sys.argv[2]); out = sys.argv[3]
    minutes = float(sys.argv[4]) if len(sys.argv) > 4 else 5
    net = Net(other + 2)
    if len(sys.argv) > 5:
        try: net.load_state_dict(torch.load(sys.argv[5]))
        except FileNotFoundError: pass
    optimiser = torch.optim.AdamW(net.parameters(), 2e-3, weight_decay=1e-3)
    began, step = time.time(), 0
    while (spent := (time.time() - began) / 60 / minutes) < 1:
        peak = 2e-3 if len(sys.argv) <= 5 or step > 1e9 else 1.5e-3
        for group in optimiser.param_groups: group['lr'] = peak * max(0.02, min(1, spent * 20 + 0.05) * 0.5 * (1 + math.cos(math.pi * spent)))
        batch = [example(train[i], train, other) for i in rng.integers(len(train), size=24)]
        logits = net(torch.from_numpy(np.stack([b[0] for b in batch]))[:, None])
        target = torch.from_numpy(np.stack([b[1] for b in batch]))
        weight = torch.ones(other + 2); weight[other + 1] = 0.4; weight[:10] = 1.5
        loss = F.cross_entropy(logits, target, weight=weight, ignore_index=-1)
        optimiser.zero_grad(); loss.backward(); optimiser.step(); step += 1
        if step % 100 == 0: print(f'{step} steps, {spent:.0%} of the time, loss {loss.item():.4f}', flush=True)
    right, total = judge(net, unseen, other)
    net.eval()
    if len(sys.argv) > 5: torch.save(net.state_dict(), sys.argv[5])
    torch.onnx.export(net, torch.zeros(1, 1, H, W), out, input_names=['line'], output_names=['logits'], opset_version=13,
                      dynamic_axes={'line': {3: 'width'}, 'logits': {2: 'columns'}})
    print(f'{step} steps; digit columns right in an unseen typeface, spoilt as in training: {right} of {total} ({right / total:.4%})')

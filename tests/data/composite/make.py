#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Makes the pictures of this folder: a person, a soft mask, a ground and their composite in linear light, computed in
double precision with NumPy and independently of Cameo's code (IEC 61966-2-1; person * a + ground * (1 - a))."""
import pathlib
import struct
import zlib

import numpy as np

W, H = 96, 80
HERE = pathlib.Path(__file__).parent


def write_png(name, pixels):
    channels = 1 if pixels.ndim == 2 else pixels.shape[2]
    rows = b"".join(b"\0" + row.tobytes() for row in pixels)
    head = struct.pack(">IIBBBBB", pixels.shape[1], pixels.shape[0], 8, {1: 0, 3: 2}[channels], 0, 0, 0)
    chunks = [(b"IHDR", head), (b"sRGB", b"\0"), (b"IDAT", zlib.compress(rows, 9)), (b"IEND", b"")]
    data = b"\x89PNG\r\n\x1a\n"
    for kind, body in chunks:
        data += struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
    (HERE / name).write_bytes(data)


def linear(v):
    return np.where(v <= 0.04045, v / 12.92, ((v + 0.055) / 1.055) ** 2.4)


def srgb(v):
    return np.where(v <= 0.0031308, v * 12.92, 1.055 * v ** (1 / 2.4) - 0.055)


y, x = np.mgrid[0:H, 0:W].astype(float)
person = np.stack([200 + 40 * np.sin(x / 7), 120 + 60 * np.cos(y / 9), 90 + 50 * np.sin((x + y) / 5)], -1)
ground = np.stack([255 * x / (W - 1), 255 * y / (H - 1), 128 + 127 * np.cos(x / 3) * np.sin(y / 4)], -1)
head = np.clip((26 - np.hypot(x - 48, (y - 34) * 0.9)) / 9 + 0.5, 0, 1)
shoulders = np.clip((36 - np.hypot(x - 48, (y - 92) * 0.8)) / 5 + 0.5, 0, 1)
mask = np.maximum(head, shoulders)

person, ground, mask = (np.round(v).astype(np.uint8) for v in (person, ground, mask * 255))
alpha = mask[..., None] / 255.0
light = linear(person / 255.0) * alpha + linear(ground / 255.0) * (1 - alpha)
composite = np.floor(srgb(light) * 255 + 0.5).astype(np.uint8)

for name, pixels in (("person", person), ("ground", ground), ("mask", mask), ("composite", composite)):
    write_png(name + ".png", pixels)

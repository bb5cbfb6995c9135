#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Opens a layered file as another program would (psd-tools, zipfile with PIL, or PIL alone), prints what it
finds as JSON, and writes what it renders to OUT.

usage: describe_layers.py FILE OUT.png"""
import io
import json
import sys
import xml.etree.ElementTree as ElementTree
import zipfile

import numpy
from PIL import Image


def save(array, out):
    """Straight RGBA in 0..1 as 8 bit."""
    Image.fromarray((numpy.clip(array, 0, 1) * 255 + 0.5).astype(numpy.uint8), "RGBA").save(out)


def with_alpha(array):
    if array.shape[2] == 4:
        return array
    return numpy.concatenate([array, numpy.ones(array.shape[:2] + (1,), array.dtype)], axis=2)


def describe_psd(path, out):
    from psd_tools import PSDImage
    from psd_tools.constants import Resource

    psd = PSDImage.open(path)
    layers = []

    def visit(group, depth):
        for layer in group:
            if layer.is_group():
                visit(layer, depth + 1)
            item = {"name": layer.name, "visible": layer.visible, "opacity": layer.opacity,
                    "depth": depth, "group": layer.is_group(), "mask": layer.has_mask(),
                    "mode": layer.blend_mode.name.lower()}
            if not layer.is_group():
                item["bounds"] = [layer.left, layer.top, layer.width, layer.height]
            if layer.has_mask():
                mask = layer.mask
                item["maskBounds"] = [mask.left, mask.top, mask.width, mask.height]
                item["maskMean"] = float(numpy.asarray(mask.topil().convert("L")).mean())
            layers.append(item)

    visit(psd, 0)
    colour, _, alpha = render_psd(psd)
    save(numpy.concatenate([colour, alpha], axis=2), out)
    save(with_alpha(psd.numpy()), out + ".merged.png")
    resources = psd.image_resources
    xmp = resources.get_data(Resource.XMP_METADATA)
    resolution = resources.get_data(Resource.RESOLUTION_INFO)
    return {"width": psd.width, "height": psd.height, "bits": psd.depth, "layers": layers,
            "icc": len(resources.get_data(Resource.ICC_PROFILE) or b""),
            "resolution": resolution.horizontal / 65536 if resolution else 0,
            "xmp": xmp.decode("utf-8") if xmp else ""}


def render_psd(psd):
    from psd_tools.composite import composite

    return composite(psd, force=True)


def blend(mode, below, above):
    return below * above if mode == "svg:multiply" else above


def over(below, above, opacity, mode):
    """Source-over of straight RGBA (W3C, Compositing and Blending)."""
    alpha, ground = above[..., 3:] * opacity, below[..., 3:]
    total = alpha + ground * (1 - alpha)
    mixed = (alpha * (1 - ground) * above[..., :3]
             + alpha * ground * blend(mode, below[..., :3], above[..., :3])
             + (1 - alpha) * ground * below[..., :3])
    return numpy.concatenate([mixed / numpy.maximum(total, 1e-9), total], axis=2)


def decode_png(data):
    """PIL reads only 8 bit of RGB: enough for a comparison in 8 bit."""
    return numpy.asarray(Image.open(io.BytesIO(data)).convert("RGBA")).astype(numpy.float64) / 255


def describe_ora(path, out):
    archive = zipfile.ZipFile(path)
    assert archive.testzip() is None
    entries = archive.infolist()
    root = ElementTree.fromstring(archive.read("stack.xml"))
    width, height = int(root.get("w")), int(root.get("h"))
    layers = []

    def render(stack, depth):
        canvas = numpy.zeros((height, width, 4))
        for node in reversed(list(stack)):
            group = node.tag == "stack"
            if group:
                picture = render(node, depth + 1)
            else:
                picture = numpy.zeros((height, width, 4))
                pixels = decode_png(archive.read(node.get("src")))
                x, y = int(node.get("x")), int(node.get("y"))
                left, top = max(x, 0), max(y, 0)
                right, bottom = min(x + pixels.shape[1], width), min(y + pixels.shape[0], height)
                if right > left and bottom > top:
                    picture[top:bottom, left:right] = pixels[top - y:bottom - y, left - x:right - x]
            visible, opacity = node.get("visibility") == "visible", float(node.get("opacity"))
            layers.append({"name": node.get("name"), "visible": visible, "opacity": round(opacity * 255),
                           "depth": depth, "group": group, "mode": node.get("composite-op")})
            if visible:
                canvas = over(canvas, picture, opacity, node.get("composite-op"))
        return canvas

    save(render(root.find("stack"), 0), out)
    Image.open(io.BytesIO(archive.read("mergedimage.png"))).convert("RGBA").save(out + ".merged.png")
    thumbnail = Image.open(io.BytesIO(archive.read("Thumbnails/thumbnail.png")))
    has_recipe = "cameo/recipe.json" in archive.namelist()
    recipe = archive.read("cameo/recipe.json").decode("utf-8") if has_recipe else ""
    return {"width": width, "height": height, "layers": layers, "version": root.get("version"),
            "resolution": float(root.get("xres") or 0), "thumbnail": list(thumbnail.size), "recipe": recipe,
            "first": [entries[0].filename, entries[0].compress_type, len(entries[0].extra),
                      archive.read("mimetype").decode("ascii")],
            "methods": sorted({entry.compress_type for entry in entries})}


def describe_tiff(path, out):
    page_name, xmp_tag, icc_tag, extra_samples, bits = 285, 700, 34675, 338, 258
    pages = []
    image = Image.open(path)
    for index in range(image.n_frames):
        image.seek(index)
        tags = image.tag_v2
        xmp = tags.get(xmp_tag, b"")
        pages.append({"name": tags.get(page_name, ""), "size": list(image.size), "mode": image.mode,
                      "bits": list(tags.get(bits)), "extra": list(tags.get(extra_samples, ())),
                      "icc": len(tags.get(icc_tag, b"")), "resolution": float(tags.get(282, 0)),
                      "xmp": xmp.decode("utf-8") if isinstance(xmp, bytes) else str(xmp)})
        if index == 0:
            image.convert("RGBA").save(out)
    return {"pages": pages}


def main():
    path, out = sys.argv[1:]
    with open(path, "rb") as file:
        head = file.read(4)
    describe = describe_psd if head == b"8BPS" else describe_ora if head[:2] == b"PK" else describe_tiff
    print(json.dumps(describe(path, out)))


main()

# SPDX-License-Identifier: Apache-2.0
# Reads a PyTorch file with Python's standard library alone, as torch.load(weights_only=True) would: checks the
# archive and the pickle, follows every tensor to its bytes, and prints what it found as JSON.
import collections
import io
import json
import pickle
import pickletools
import struct
import sys
import zipfile

SIZES = {"FloatStorage": 4, "HalfStorage": 2}
FORMATS = {"FloatStorage": "f", "HalfStorage": "e"}


class Storage:
    def __init__(self, kind, data, count):
        self.kind, self.data, self.count = kind, data, count


def rebuild_tensor(storage, offset, size, stride, requires_grad, hooks):
    count = 1
    for side in size:
        count *= side
    expected = []
    step = 1
    for side in reversed(size):
        expected.insert(0, step)
        step *= side
    assert tuple(expected) == stride, (size, stride)
    assert offset == 0 and count == storage.count and requires_grad is False
    assert isinstance(hooks, collections.OrderedDict) and not hooks
    values = struct.unpack("<%d%s" % (count, FORMATS[storage.kind]), storage.data)
    return {"shape": list(size), "type": storage.kind, "first": values[0], "sum": sum(values)}


class Reader(pickle.Unpickler):
    def __init__(self, stream, archive, root):
        super().__init__(stream)
        self.archive, self.root, self.seen = archive, root, set()

    def find_class(self, module, name):
        if (module, name) == ("collections", "OrderedDict"):
            return collections.OrderedDict
        if (module, name) == ("torch._utils", "_rebuild_tensor_v2"):
            return rebuild_tensor
        if module == "torch" and name in SIZES:
            return name
        raise pickle.UnpicklingError("global %s %s is not allowed" % (module, name))

    def persistent_load(self, pid):
        tag, kind, key, location, count = pid
        assert tag == "storage" and location == "cpu" and key not in self.seen
        self.seen.add(key)
        data = self.archive.read(self.root + "data/" + key)
        assert len(data) == count * SIZES[kind]
        return Storage(kind, data, count)


def main(path):
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None  # every CRC
        names = archive.namelist()
        roots = {name.split("/")[0] + "/" for name in names}
        assert len(roots) == 1 and names[0] == min(roots) + "data.pkl"
        root = names[0][: -len("data.pkl")]
        assert archive.read(root + "version") == b"3\n" and archive.read(root + "byteorder") == b"little"
        raw = open(path, "rb").read()
        for info in archive.infolist():
            assert info.compress_type == zipfile.ZIP_STORED
            name_length, extra_length = struct.unpack("<HH", raw[info.header_offset + 26 : info.header_offset + 30])
            begin = info.header_offset + 30 + name_length + extra_length
            assert begin % 64 == 0, (info.filename, begin)
            assert raw[begin : begin + info.file_size] == archive.read(info)
        text = archive.read(root + "data.pkl")
        operations = list(pickletools.genops(text))
        assert operations[0][0].name == "PROTO" and operations[0][1] == 2 and operations[-1][0].name == "STOP"
        assert all(operation.proto <= 2 for operation, _, _ in operations)
        pickletools.dis(text, out=io.StringIO())  # checks the stack and the memo as well
        reader = Reader(io.BytesIO(text), archive, root)
        found = reader.load()
        assert reader.seen == {name[len(root + "data/") :] for name in names if name.startswith(root + "data/")}
    print(json.dumps(found))


main(sys.argv[1])

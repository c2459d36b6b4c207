#!/usr/bin/env python3
"""Frames of the protected channel and what their CRC is, by a third evaluator: the message as one long integer, divided bit by bit.

Written from docs/reference/safety-channel.md, knowing neither end. `vectors.py` prints vectors.json; its own arithmetic is proved first by
published values: AUTOSAR SWS_Crc_00057 (CRC-32P4) and the table of IEC 61784-3-3.
"""
import json
import random

POLYNOMIAL = 0x1F4ACFB13


def divide(message: bytes, preset: int) -> int:
    """Remainder of message * x^32, the preset added into its first 32 bits."""
    value = int.from_bytes(message, "big") << 32
    length = 8 * len(message) + 32
    value ^= preset << (length - 32)
    for top in range(length - 1, 31, -1):
        if value >> top & 1:
            value ^= POLYNOMIAL << (top - 32)
    return value


def reflect(value: int, bits: int) -> int:
    return int(format(value, f"0{bits}b")[::-1], 2)


def autosar(message: bytes) -> int:
    return reflect(divide(bytes(reflect(b, 8) for b in message), 0xFFFFFFFF), 32) ^ 0xFFFFFFFF


for text, published in (
    ("00000000", 0x6FB32240),
    ("0faa0055", 0x20662DF8),
    ("00ff5511", 0x9BD7996E),
    ("332255aabbccddeeff", 0xA65A343D),
    ("ffffffff", 0xFFFFFFFF),
    ("313233343536373839", 0x1697D06A),
):
    assert autosar(bytes.fromhex(text)) == published, text
for byte, published in enumerate((0x00000000, 0xF4ACFB13, 0x1DF50D35, 0xE959F626, 0x3BEA1A6A, 0xCF46E179)):
    assert divide(bytes(4) + bytes([byte]), 0) == published, byte


def signature(transmitters: int, contacts: int, elements: int) -> int:
    return divide(bytes([1, transmitters, contacts, elements]), 1) or 1


def frame(pair, kind, flags, mnr, data, version=1):
    """Base id, sender, receiver, signature | version, flags and kind, number, data; and the CRC of all of it."""
    base_id, sender, receiver, layout = pair
    unsent = bytes.fromhex(base_id) + b"".join(x.to_bytes(4, "big") for x in (sender, receiver, signature(*layout)))
    sent = bytes([version, kind | flags]) + mnr.to_bytes(4, "big") + data
    return unsent, sent, divide(unsent + sent, 1) or 1


def with_remainder(pair, kind, flags, mnr, data, at, wanted):
    """The data, its 4 bytes from `at` chosen so that the division gives `wanted`."""
    unsent, sent, _ = frame(pair, kind, flags, mnr, data[:at] + bytes(4) + data[at + 4 :])
    missing = divide(unsent + sent, 1) ^ wanted
    # What each of the 32 free bits adds; solved bit by bit of the remainder.
    behind = bytes(len(data) - at - 4)
    rows = [(divide(bytes(4) + (1 << i).to_bytes(4, "big") + behind, 0), 1 << i) for i in range(32)]
    chosen = 0
    for bit in range(31, -1, -1):
        pivot = next(row for row in rows if row[0] >> bit & 1)
        rows.remove(pivot)
        rows = [(w ^ pivot[0], c ^ pivot[1]) if w >> bit & 1 else (w, c) for w, c in rows]
        if missing >> bit & 1:
            missing ^= pivot[0]
            chosen ^= pivot[1]
    return data[:at] + chosen.to_bytes(4, "big") + data[at + 4 :]


ASK, INPUTS, OUTPUTS, RECEIPT = 0x10, 0x20, 0x30, 0x40
TEST_MODE, FAIL_SAFE = 1, 2


def device_data(chance, stamp, layout, tripped):
    transmitters = layout[0]
    return (
        stamp.to_bytes(4, "big")
        + chance.randbytes(8)
        + bytes([tripped | chance.choice((0, 2))])
        + chance.getrandbits(transmitters).to_bytes(3, "big")
        + bytes(4)
        + chance.randbytes(2 * transmitters)
        + bytes(44 - 2 * transmitters)
    )


def main() -> None:
    chance = random.Random(10000)
    cases = []
    for number in range(60):
        base_id = "1".rjust(32, "0") if number == 0 else format(chance.getrandbits(128), "032x")
        solver, device = (1, 2) if number == 0 else chance.sample(range(1, 1 << 32), 2)
        layout = (18, 6, 11) if number == 0 else (chance.randrange(23), chance.randrange(17), chance.randrange(17))
        to_device, to_solver = (base_id, solver, device, layout), (base_id, device, solver, layout)
        mode = number % 2
        mnr = chance.choice((1, 0xFFFFFFFE, 0xFFFFFFFF, 0x7FFFFFFF, chance.randrange(1, 1 << 32)))
        after = 1 if mnr == 0xFFFFFFFF else mnr + 1
        stamp = chance.choice((0, 0xFFFFFFFF, chance.getrandbits(32)))
        tripped = chance.randrange(2)
        # Remainders at the edge: 0, which is sent as 1; 1 itself; the sign bit alone.
        edge = (0, 1, 0x80000000, None, None)[number % 5]

        def sealed(pair, kind, flags, mnr, data, free):
            if edge is not None and free is not None:
                data = with_remainder(pair, kind, flags, mnr, data, free, edge)
            _, sent, crc = frame(pair, kind, flags, mnr, data)
            assert edge is None or free is None or crc == (edge or 1)
            return (sent + crc.to_bytes(4, "big")).hex()

        solenoids = chance.choice((bytes(2), chance.randbytes(2)))
        given = stamp.to_bytes(4, "big") + solenoids + chance.randbytes(2) + bytes(1) + chance.randbytes(4) + bytes(51)
        answer = mode | (FAIL_SAFE if tripped else 0)
        cases.append(
            {
                "base_id": base_id,
                "solver_id": solver,
                "device_id": device,
                "layout": layout,
                "signature": signature(*layout),
                "test_mode": mode == TEST_MODE,
                "mnr": mnr,
                "ask": sealed(to_device, ASK, mode | FAIL_SAFE, mnr, bytes(64), None),
                "inputs": sealed(to_solver, INPUTS, answer, mnr, device_data(chance, stamp, layout, tripped), 4),
                "outputs": sealed(to_device, OUTPUTS, mode, after, given, 9),
                "receipt": sealed(to_solver, RECEIPT, answer, after, device_data(chance, stamp, layout, tripped), 4),
            }
        )
    print("[\n  " + ",\n  ".join(json.dumps(case) for case in cases) + "\n]")


main()

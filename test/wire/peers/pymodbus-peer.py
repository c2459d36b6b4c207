"""pymodbus as a peer.
     server socket|rtu         serves tables of 1000 as server.c does, over TCP with that framing; prints its port
     client socket|rtu PORT    one request of each kind, a line of results each, as client.c does
"""

import asyncio
import sys
import threading

from pymodbus.client import ModbusTcpClient
from pymodbus.datastore import ModbusSequentialDataBlock, ModbusServerContext, ModbusSlaveContext
from pymodbus.device import ModbusDeviceIdentification
from pymodbus.framer.rtu_framer import ModbusRtuFramer
from pymodbus.framer.socket_framer import ModbusSocketFramer
from pymodbus.server.async_io import ModbusTcpServer

FRAMERS = {"socket": ModbusSocketFramer, "rtu": ModbusRtuFramer}


async def serve(framer):
    tables = ModbusSlaveContext(
        hr=ModbusSequentialDataBlock(0, list(range(1000))),
        ir=ModbusSequentialDataBlock(0, list(range(1000))),
        co=ModbusSequentialDataBlock(0, [i % 3 == 0 for i in range(1000)]),
        di=ModbusSequentialDataBlock(0, [i % 5 == 0 for i in range(1000)]),
        zero_mode=True,
    )
    who = ModbusDeviceIdentification(info_name={"VendorName": "pymodbus", "ProductCode": "PM", "MajorMinorRevision": "3"})
    server = ModbusTcpServer(
        ModbusServerContext(slaves={1: tables}, single=False),
        framer=framer,
        identity=who,
        address=("127.0.0.1", 0),
        ignore_missing_slaves=True,
    )
    task = asyncio.get_running_loop().create_task(server.serve_forever())
    await server.serving
    print(server.server.sockets[0].getsockname()[1], flush=True)
    await task


def say(name, answer, values=()):
    failed = answer.isError()
    print(name, f"exception {answer.exception_code}" if failed else " ".join(str(int(v)) for v in values), sep=" " if failed or values else "")


def tour(framer, port):
    c = ModbusTcpClient("127.0.0.1", port=port, framer=framer, timeout=2)
    c.connect()
    say("write-registers", c.write_registers(10, [7, 65535, 9], slave=1))
    a = c.read_holding_registers(9, 5, slave=1)
    say("read-holding", a, a.registers)
    say("write-register", c.write_register(11, 1234, slave=1))
    # With the frames of a serial line its client does not recognise the answers to functions 22 and 23.
    if framer is ModbusSocketFramer:
        say("mask-write", c.mask_write_register(11, 0x00F2, 0x0025, slave=1))
        a = c.read_holding_registers(11, 1, slave=1)
        say("read-masked", a, a.registers)
    a = c.read_input_registers(3, 2, slave=1)
    say("read-input", a, a.registers)
    say("write-coils", c.write_coils(4, [1, 0, 1, 1, 0, 0, 0, 0, 0, 1], slave=1))
    say("write-coil", c.write_coil(5, True, slave=1))
    a = c.read_coils(3, 12, slave=1)
    say("read-coils", a, a.bits[:12])
    a = c.read_discrete_inputs(0, 3, slave=1)
    say("read-discrete", a, a.bits[:3])
    if framer is ModbusSocketFramer:
        a = c.readwrite_registers(read_address=20, read_count=2, write_address=20, write_registers=[7, 65535], slave=1)
        say("read-write", a, a.registers)
    say("outside", c.read_holding_registers(999, 2, slave=1))
    say("write-outside", c.write_registers(998, [7, 65535, 9], slave=1))
    c.close()


framer = FRAMERS[sys.argv[2]]
if sys.argv[1] == "server":
    # Ends with the program that started it.
    threading.Thread(target=lambda: (sys.stdin.read(), __import__("os")._exit(0)), daemon=True).start()
    asyncio.run(serve(framer))
else:
    tour(framer, int(sys.argv[3]))

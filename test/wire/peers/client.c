/* A Modbus client made of libmodbus.
     client bench PORT SECONDS   function 3 x 125, one after the other: prints transactions per second
     client tour PORT            one request of each kind, a line of results each, for the test to judge
   Where PORT begins with / it is a serial port, 19200 baud without parity. */
#include <errno.h>
#include <modbus.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static double now_s(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec + t.tv_nsec * 1e-9;
}

static void say(const char *name, int answer, const uint16_t *r, int count) {
  printf("%s", name);
  if (answer < 0) printf(" exception %d", errno - MODBUS_ENOBASE);
  else for (int i = 0; i < count; i++) printf(" %u", r[i]);
  printf("\n");
}

static void sayBits(const char *name, int answer, const uint8_t *b, int count) {
  uint16_t r[16];
  for (int i = 0; i < count; i++) r[i] = b[i];
  say(name, answer, r, count);
}

int main(int argc, char **argv) {
  if (argc < 3) return 2;
  modbus_t *ctx = argv[2][0] == '/' ? modbus_new_rtu(argv[2], 19200, 'N', 8, 1) : modbus_new_tcp("127.0.0.1", atoi(argv[2]));
  modbus_set_slave(ctx, 1);
  modbus_set_response_timeout(ctx, 2, 0);
  if (modbus_connect(ctx) < 0) {
    fprintf(stderr, "no connection: %s\n", modbus_strerror(errno));
    return 1;
  }
  uint16_t r[125];
  uint8_t b[16];
  if (strcmp(argv[1], "bench") == 0) {
    double from = now_s(), until = from + atof(argv[3]);
    long n = 0;
    while (now_s() < until) {
      if (modbus_read_registers(ctx, 0, 125, r) != 125) return 1;
      n++;
    }
    printf("%.1f\n", n / (now_s() - from));
    return 0;
  }
  const uint16_t three[3] = {7, 65535, 9};
  const uint8_t bits[10] = {1, 0, 1, 1, 0, 0, 0, 0, 0, 1};
  say("write-registers", modbus_write_registers(ctx, 10, 3, three), r, 0);
  say("read-holding", modbus_read_registers(ctx, 9, 5, r), r, 5);
  say("write-register", modbus_write_register(ctx, 11, 1234), r, 0);
  say("mask-write", modbus_mask_write_register(ctx, 11, 0x00f2, 0x0025), r, 0);
  say("read-masked", modbus_read_registers(ctx, 11, 1, r), r, 1);
  say("read-input", modbus_read_input_registers(ctx, 3, 2, r), r, 2);
  say("write-coils", modbus_write_bits(ctx, 4, 10, bits), r, 0);
  say("write-coil", modbus_write_bit(ctx, 5, 1), r, 0);
  sayBits("read-coils", modbus_read_bits(ctx, 3, 12, b), b, 12);
  sayBits("read-discrete", modbus_read_input_bits(ctx, 0, 3, b), b, 3);
  say("read-write", modbus_write_and_read_registers(ctx, 20, 2, three, 20, 2, r), r, 2);
  say("outside", modbus_read_registers(ctx, 999, 2, r), r, 2);
  say("write-outside", modbus_write_registers(ctx, 998, 3, three), r, 0);
  modbus_close(ctx);
  return 0;
}

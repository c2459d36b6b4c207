/* A Modbus server made of libmodbus: prints its port, serves one connection after the other until stdin closes.
   With an argument it is unit 1 on that serial port, 19200 baud without parity, and prints the port's name.
   Tables of 1000 each; holding register i and input register i start as i. */
#include <errno.h>
#include <modbus.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

static void answer(modbus_t *ctx, modbus_mapping_t *map) {
  for (;;) {
    uint8_t query[MODBUS_TCP_MAX_ADU_LENGTH];
    int count = modbus_receive(ctx, query);
    if (count == 0) continue;
    if (count < 0 || modbus_reply(ctx, query, count, map) < 0) return;
  }
}

/* A line has no connection that could end: stdin is looked at whenever nothing came for a while. */
static int serveLine(const char *device, modbus_mapping_t *map) {
  modbus_t *ctx = modbus_new_rtu(device, 19200, 'N', 8, 1);
  modbus_set_slave(ctx, 1);
  if (modbus_connect(ctx) < 0) return 1;
  printf("%s\n", device);
  fflush(stdout);
  for (;;) {
    struct pollfd wait[2] = {{modbus_get_socket(ctx), POLLIN, 0}, {0, POLLIN, 0}};
    poll(wait, 2, -1);
    if (wait[1].revents || wait[0].revents & (POLLHUP | POLLERR)) return 0;
    uint8_t query[MODBUS_RTU_MAX_ADU_LENGTH];
    int count = modbus_receive(ctx, query);
    if (count > 0) modbus_reply(ctx, query, count, map);
  }
}

int main(int argc, char **argv) {
  modbus_mapping_t *map = modbus_mapping_new(1000, 1000, 1000, 1000);
  if (map == NULL) return 1;
  for (int i = 0; i < 1000; i++) {
    map->tab_registers[i] = i;
    map->tab_input_registers[i] = i;
    map->tab_bits[i] = i % 3 == 0;
    map->tab_input_bits[i] = i % 5 == 0;
  }
  if (argc > 1) return serveLine(argv[1], map);
  modbus_t *ctx = modbus_new_tcp("127.0.0.1", 0);
  int listener = modbus_tcp_listen(ctx, 1);
  struct sockaddr_in address;
  socklen_t length = sizeof address;
  if (listener < 0 || getsockname(listener, (struct sockaddr *)&address, &length) < 0) return 1;
  printf("%d\n", ntohs(address.sin_port));
  fflush(stdout);
  for (;;) {
    struct pollfd wait[2] = {{listener, POLLIN, 0}, {0, POLLIN, 0}};
    poll(wait, 2, -1);
    if (wait[1].revents) break;
    if (modbus_tcp_accept(ctx, &listener) < 0) return 1;
    answer(ctx, map);
    modbus_close(ctx);
  }
  return 0;
}

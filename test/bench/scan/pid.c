/* The reference of the scan benchmark: the block PID of controller/core in C, one struct a block, with status, modes,
 * limits, rates, feed-forward and external reset; same arithmetic, same branches where the benchmark goes through them. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

typedef struct {
  double in, in_st, cas_in, cas_st, ff_val, ff_st, trk_d, trk_d_st, trk_val, trk_st, bk_in, bk_st;
  double out, out_st, bk_out, bk_out_st, pv, pv_st;
  double target, actual, sp, gain, reset, rate, ff_enable;
  double sp_wrk, tracking, trk_latch, running, f, ff, ff_on, pn, dn, dx, bal_step, in_gap;
} State;

typedef struct {
  double sp_rate_up, sp_rate_dn, out_rate_up, out_rate_dn, ideadband, nl_gap, dynamic, use_pv, track_enable, track_man;
  double sp_track_man, sp_track_lo, alpha, dt, k_span, b, c, has_p, has_i, series, smoothing, ff_factor, ff_0;
  double sp_lo, sp_hi, out_lo, out_hi, arw_lo, arw_hi, obey, on_bad;
} Const;

static int bad(double st) { return (((int)st) & 0xc0) == 0; }
static int open_(double st) { return (((int)st) & 0xfc) == 0x08; }
static int code(double st) { return ((int)st) & 0xfc; }
static double min(double a, double b) { return a < b ? a : b; }
static double max(double a, double b) { return a > b ? a : b; }

static int must_init(double back) {
  int c = code(back);
  if (c == 0x08) return 0;
  return bad(back) || c == 0xc8 || c == 0xcc || c == 0xd8 || c == 0xdc;
}

__attribute__((noinline)) static void pid(State *s, const Const *k) {
  double was = s->actual, back = s->bk_st;
  int pv_bad = bad(s->in_st);
  if (pv_bad) s->running = 0;
  else {
    double filtered = s->pv + k->smoothing * (s->in - s->pv);
    s->pv = (s->running != 0 && filtered - filtered == 0 ? filtered : s->in) + 0.0;
    s->running = 1;
  }
  s->pv_st = open_(s->in_st) ? 0 : s->in_st;
  double pv = s->pv;
  if (!bad(s->trk_d_st)) s->trk_latch = s->trk_d != 0;
  double actual = s->target;
  int asking = 0;
  if (s->target == 0) actual = 0;
  else if (must_init(back)) actual = 1;
  else if (s->trk_latch != 0 && k->track_enable != 0 && (s->target != 3 || k->track_man != 0)) actual = 2;
  else if (pv_bad) { actual = 3; if (k->on_bad != 0) s->target = 3; }
  else if (s->target == 5) {
    if (bad(s->cas_st)) actual = 4;
    else if (was == 5 || (((int)s->cas_st) & 0xc0) == 0x80) actual = 5;
    else if (code(s->cas_st) == 0xc4 && code(s->bk_out_st) == 0xc8) actual = 5;
    else actual = 4;
    asking = actual != 5;
  }
  s->actual = actual;
  s->tracking = actual == 1 || actual == 2;
  double sp = s->sp;
  int sp_limit = 0;
  if (actual == 5) {
    if (code(s->cas_st) == 0xc4) sp = was == 5 ? sp : s->sp_wrk;
    else {
      sp = s->cas_in;
      if (k->obey != 0) {
        if (sp >= k->sp_hi) { sp = k->sp_hi; sp_limit = 2; }
        else if (sp <= k->sp_lo) { sp = k->sp_lo; sp_limit = 1; }
      }
    }
  } else if (actual < 4 && actual > 0) {
    if (!pv_bad && (actual == 3 ? k->sp_track_man : k->sp_track_lo) != 0) sp = pv;
  }
  s->sp = sp;
  double dt = k->dt, wrk = sp;
  if (actual >= 4 && was >= 4) {
    double last = s->sp_wrk;
    if (k->sp_rate_up > 0) wrk = min(wrk, max(last + k->sp_rate_up * dt, min(last, wrk)));
    if (k->sp_rate_dn > 0) wrk = max(wrk, min(last - k->sp_rate_dn * dt, max(last, wrk)));
  }
  s->sp_wrk = wrk;
  double e = wrk - pv, kn = k->k_span * s->gain, x = k->c * wrk - pv, dn = 0;
  if (s->rate > 0) {
    double a = k->alpha * s->rate;
    if (actual >= 4 && was >= 4) dn = (a * s->dn + s->rate * (x - s->dx)) / (a + dt);
  }
  s->dx = x;
  s->dn = dn;
  double ds = k->series != 0 ? (1 - k->alpha) * dn : dn;
  double pn = k->has_p * (k->b * wrk - pv);
  s->pn = pn;
  double pd = kn * (pn + ds), ei = k->series != 0 ? e + ds : e;
  if (!open_(s->ff_st)) {
    double scaled = k->ff_factor * (s->ff_val - k->ff_0);
    int ff_bad = bad(s->ff_st) || !(scaled - scaled == 0), on = s->ff_enable != 0 && (!ff_bad || s->ff_on != 0);
    double v = on ? (ff_bad ? s->ff : scaled) : 0;
    if (on != (s->ff_on != 0)) { s->f += s->ff - v; s->ff_on = on; }
    s->ff = v;
  }
  double ff = s->ff, prev = s->out, out = prev;
  int limits = 0, status;
  if (actual < 4) {
    if (actual == 1) { if (!bad(back)) out = s->bk_in; }
    else if (actual == 2 && !bad(s->trk_st)) out = min(max(s->trk_val, k->out_lo), k->out_hi);
    status = actual == 0 ? 0x1f : actual == 1 && code(back) == 0xc8 ? 0xc4 : (open_(back) ? 0x83 : 0xc3);
  } else {
    double f = s->f;
    if (was < 4) {
      out = min(max(prev, k->out_lo), k->out_hi);
      s->f = out - pd - ff;
    } else {
      double fs = f, tr = s->reset, push = kn * ei;
      int bl = ((int)back) & 3, hold;
      if ((prev > k->arw_hi && push < 0) || (prev < k->arw_lo && push > 0)) tr /= 16;
      hold = (((int)s->in_st) & 3) == 3 || (k->ideadband > 0 && (e < 0 ? -e : e) <= k->ideadband) ||
             (!open_(back) && bl != 0 && (bl == 3 || (bl == 2 ? push > 0 : push < 0)));
      if (!hold) fs = f + (dt / tr) * push;
      double u = pd + ff + fs;
      out = u;
      if (out >= k->out_hi) { out = k->out_hi; limits = 2; }
      else if (out <= k->out_lo) { out = k->out_lo; limits = 1; }
      if (k->out_rate_up > 0) out = min(out, max(prev + k->out_rate_up * dt, min(prev, out)));
      if (k->out_rate_dn > 0) out = max(out, min(prev - k->out_rate_dn * dt, max(prev, out)));
      int external = code(back) == 0xd0 || (k->dynamic != 0 && !open_(back) && !bad(back));
      if (external || (!hold && out != u)) {
        double fb = external ? s->bk_in : out;
        s->f = (tr * f + dt * (fb - (pd - kn * ei) - ff)) / (tr + dt);
      } else s->f = fs;
    }
    status = (((int)s->in_st) & 0xc0) == 0x40 ? 0x40 : (open_(back) ? 0x80 : 0xc0);
    status |= limits;
  }
  if (!(out - out == 0) || !(s->f - s->f == 0)) { out = prev; s->f = 0; s->actual = 3; status = 0; }
  s->out = out + 0.0;
  s->out_st = status;
  int down = open_(back) ? 0 : ((int)back) & 3, seen = limits ? limits : down;
  if (k->k_span <= 0) seen = seen == 1 ? 2 : seen == 2 ? 1 : seen;
  s->bk_out = (k->use_pv != 0 ? pv : wrk) + 0.0;
  s->bk_out_st = s->actual == 5 ? (0xc0 | (sp_limit ? sp_limit : seen)) : asking ? 0xc8 : s->actual == 0 ? 0x1f : s->actual == 2 ? 0xdb : 0xcf;
}

/* blocks scans: ns per PID as the median of rounds, and a checksum that must equal the engine's. */
int main(int argc, char **argv) {
  int n = atoi(argv[1]), scans = atoi(argv[2]), rounds = atoi(argv[3]);
  (void)argc;
  State *s = calloc(n, sizeof *s);
  Const *k = calloc(n, sizeof *k);
  for (int i = 0; i < n; i++) {
    s[i].cas_st = s[i].ff_st = s[i].trk_d_st = s[i].trk_st = s[i].bk_st = 0x08;
    s[i].target = 4; s[i].actual = 3; s[i].sp = s[i].sp_wrk = 50; s[i].gain = 0.8; s[i].reset = 20; s[i].rate = 1;
    s[i].out = s[i].f = 40; s[i].in = 45 + (i % 10); s[i].in_st = 0x80; s[i].ff_enable = 1;
    k[i].alpha = 0.125; k[i].dt = 1; k[i].k_span = 1; k[i].b = 1; k[i].has_p = 1; k[i].has_i = 1; k[i].smoothing = 1;
    k[i].ff_factor = 1; k[i].sp_hi = 100; k[i].out_hi = 100; k[i].arw_hi = 100; k[i].obey = 1; k[i].track_enable = 1;
  }
  for (int r = 0; r < rounds; r++) {
    double ns = 0;
    for (int t = 0; t < scans; t++) {
      struct timespec a, b;
      /* The process, not timed: a first-order lag of each output, so that every scan has something to do. */
      for (int i = 0; i < n; i++) s[i].in += 0.05 * (s[i].out - s[i].in);
      clock_gettime(CLOCK_MONOTONIC, &a);
      for (int i = 0; i < n; i++) pid(&s[i], &k[i]);
      clock_gettime(CLOCK_MONOTONIC, &b);
      ns += (b.tv_sec - a.tv_sec) * 1e9 + (b.tv_nsec - a.tv_nsec);
    }
    printf("%.3f\n", ns / ((double)scans * n));
  }
  double sum = 0;
  for (int i = 0; i < n; i++) sum += s[i].out;
  printf("%.17g\n", sum);
  return 0;
}

/*
 * The Tennessee Eastman process in C: the reference for the speed of the model in TypeScript.
 *
 * The same equations in the same form as plant-sim/core/tennessee-eastman: Euler, 1 s, measurements 1..22 at each step,
 * walks evaluated but at rest, no noise. Usage: tep STEPS; prints the nanoseconds of processor time they took and the last measurements.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define N 50
#define C 8

static const double M[C] = {2, 25.4, 28, 32, 46, 48, 62, 76};
static const double AVP[C] = {0, 0, 0, 15.92, 16.35, 16.35, 16.43, 17.21};
static const double BVP[C] = {0, 0, 0, -1444, -2114, -2114, -2748, -3318};
static const double CVP[C] = {0, 0, 0, 259, 265.5, 265.5, 232.9, 249.6};
static const double AD[C] = {1, 1, 1, 23.3, 33.9, 32.8, 49.9, 50.5};
static const double BD[C] = {0, 0, 0, -0.07, -0.0957, -0.0995, -0.0191, -0.0541};
static const double CD[C] = {0, 0, 0, -0.0002, -0.000152, -0.000233, -0.000425, -0.00015};
static const double AH[C] = {1e-6, 1e-6, 1e-6, 9.6e-7, 5.73e-7, 6.52e-7, 5.15e-7, 4.71e-7};
static const double BH[C] = {0, 0, 0, 8.7e-9, 2.41e-9, 2.18e-9, 5.65e-10, 8.7e-10};
static const double CH[C] = {0, 0, 0, 4.81e-11, 1.82e-11, 1.94e-11, 3.82e-12, 2.62e-12};
static const double AV[C] = {1e-6, 1e-6, 1e-6, 8.67e-5, 0.00016, 0.00016, 0.000225, 0.000209};
static const double AG[C] = {3.411e-6, 3.799e-7, 2.491e-7, 3.567e-7, 3.463e-7, 3.93e-7, 1.7e-7, 1.5e-7};
static const double BG[C] = {7.18e-10, 1.08e-9, 1.36e-11, 8.51e-10, 8.96e-10, 1.02e-9, 0, 0};
static const double CG[C] = {6e-13, -3.98e-13, -3.93e-14, -3.12e-13, -3.27e-13, -3.12e-13, 0, 0};
static const double LAG_S[12] = {8, 8, 6, 9, 7, 5, 5, 5, 120, 5, 5, 5};
static const double CENTRE[20] = {0.485, 0.005, 45, 45, 35, 40, 1, 1, 0, 0, 0, 0, 45, 45, 100, 400, 400, 1500, 1000, 1200};

/* Enthalpies of one mole as polynomials of T. */
static double L1[C], L2[C], L3[C], G0[C], G1[C], G2[C], G3[C];
static double valve_per_h[12], frequency[3];

static const double BASE[N] = {
    10.40491389, 4.363996017, 7.570059737, 0.4230042431, 24.15513437, 2.942597645, 154.3770655, 159.186596, 2.808522723,
    63.75581199, 26.74026066, 46.38532432, 0.2464521543, 15.20484404, 1.852266172, 52.44639459, 41.20394008, 0.569931776,
    0.4306056376, 0.0079906200783, 0.9056036089, 0.016054258216, 0.7509759687, 0.088582855955, 48.27726193, 39.38459028, 0.3755297257,
    107.7562698, 29.77250546, 88.32481135, 23.03929507, 62.85848794, 5.546318688, 11.92244772, 5.555448243, 0.9218489762,
    94.59927549, 77.29698353,
    63.05263039, 53.97970677, 24.64355755, 61.30192144, 22.21, 40.06374673, 38.1003437, 46.53415582, 47.44573456, 41.10581288,
    18.11349055, 50};

static double y[N], dydt[N], demand[12], xmeas[22], walk[20][6], in[20], step_idv[7];
/* Temperatures of reactor, separator, sump, header. */
static double T[4] = {120, 80, 66, 86};

static double temperature(double h, double c0, double c1, double c2, double c3, double t) {
  double from = t;
  for (int i = 0; i < 100; i++) {
    double error = c0 + t * (c1 + t * (c2 + t * c3)) - h;
    double move = error / (c1 + t * (2 * c2 + 3 * c3 * t));
    t -= move;
    if (fabs(move) < 1e-12) return t;
  }
  return from;
}

struct vessel {
  double t, p, liquid, gas, mass, hv, hl, density;
  double v[C], x[C];
};

static void flash(const double *n, double *t_old, double volume, struct vessel *o) {
  double liquid = n[3] + n[4] + n[5] + n[6] + n[7];
  double per_liquid = 1 / liquid, l1 = 0, l2 = 0, l3 = 0;
  for (int i = 3; i < C; i++) {
    double x = n[i] * per_liquid;
    o->x[i] = x;
    l1 += x * L1[i];
    l2 += x * L2[i];
    l3 += x * L3[i];
  }
  double t = temperature(n[8] * per_liquid, 0, l1, l2, l3, *t_old);
  double molar = 0;
  for (int i = 3; i < C; i++) molar += o->x[i] * M[i] / (AD[i] + (BD[i] + CD[i] * t) * t);
  double gas = volume - liquid * molar;
  double per = 998.9 * (t + 273.15) / gas;
  double p[C], P = 0;
  for (int i = 0; i < 3; i++) p[i] = n[i] * per;
  double ef = exp(AVP[4] + BVP[4] / (t + CVP[4]));
  p[3] = o->x[3] * exp(AVP[3] + BVP[3] / (t + CVP[3]));
  p[4] = o->x[4] * ef;
  p[5] = o->x[5] * ef;
  p[6] = o->x[6] * exp(AVP[6] + BVP[6] / (t + CVP[6]));
  p[7] = o->x[7] * exp(AVP[7] + BVP[7] / (t + CVP[7]));
  for (int i = 0; i < C; i++) P += p[i];
  double per_p = 1 / P, g0 = 0, g1 = 0, g2 = 0, g3 = 0, mass = 0;
  for (int i = 0; i < C; i++) {
    double v = p[i] * per_p;
    o->v[i] = v;
    mass += v * M[i];
    g0 += v * G0[i];
    g1 += v * G1[i];
    g2 += v * G2[i];
    g3 += v * G3[i];
  }
  *t_old = t;
  o->t = t;
  o->p = P;
  o->liquid = liquid * molar;
  o->gas = gas;
  o->mass = mass;
  o->hv = g0 + t * (g1 + t * (g2 + t * g3));
  o->hl = t * (l1 + t * (l2 + t * l3));
  o->density = 1 / molar;
}

static double vapour(int i, double t) { return G0[i] + t * (G1[i] + t * (G2[i] + t * G3[i])); }
static double gauge(double p) { return (p - 760) / 760 * 101.325; }
static double positive(double x) { return x > 0 ? x : 0; }

static int derivatives(void) {
  struct vessel r, s, c, h;
  flash(y, &T[0], 1300, &r);
  flash(y + 9, &T[1], 3500, &s);
  {
    const double *n = y + 18;
    double total = 0, l1 = 0, l2 = 0, l3 = 0, molar = 0;
    for (int i = 0; i < C; i++) total += n[i];
    double per_n = 1 / total;
    for (int i = 0; i < C; i++) {
      double x = n[i] * per_n;
      c.x[i] = x;
      l1 += x * L1[i];
      l2 += x * L2[i];
      l3 += x * L3[i];
    }
    double t = temperature(n[8] * per_n, 0, l1, l2, l3, T[2]);
    for (int i = 0; i < C; i++) molar += c.x[i] * M[i] / (AD[i] + (BD[i] + CD[i] * t) * t);
    T[2] = c.t = t;
    c.liquid = total * molar;
    c.density = 1 / molar;
    c.hl = t * (l1 + t * (l2 + t * l3));
  }
  {
    const double *n = y + 27;
    double total = 0, g0 = 0, g1 = 0, g2 = 0, g3 = 0, mass = 0;
    for (int i = 0; i < C; i++) total += n[i];
    double per_n = 1 / total;
    for (int i = 0; i < C; i++) {
      double x = n[i] * per_n;
      h.x[i] = x;
      mass += x * M[i];
      g0 += x * G0[i];
      g1 += x * G1[i];
      g2 += x * G2[i];
      g3 += x * G3[i];
    }
    double t = temperature(n[8] * per_n, g0 - 3.57696e-6 * 273.15, g1 - 3.57696e-6, g2, g3, T[3]);
    T[3] = h.t = t;
    h.p = total * 998.9 * (t + 273.15) / 5000;
    h.mass = mass;
    h.hv = g0 + t * (g1 + t * (g2 + t * g3));
  }

  double kelvin = r.t + 273.15;
  double pA = r.v[0] * r.p, pC = r.v[2] * r.p, pD = r.v[3] * r.p, pE = r.v[4] * r.p;
  double arrhenius = exp(-20000 / 1.987 / kelvin), square = arrhenius * arrhenius;
  double r1 = 0, r2 = 0;
  if (pA > 0 && pC > 0) {
    double drive = exp(1.1544 * log(pA) + 0.3735 * log(pC)) * r.gas;
    r1 = frequency[0] * square * in[6] * drive * pD;
    r2 = frequency[1] * arrhenius * in[7] * drive * pE;
  }
  double k3 = frequency[2] * square * arrhenius * pA * r.gas;
  double r3 = k3 * pE, r4 = k3 * 0.767488334 * pD;

  const double *v = y + 38;
  double F1 = v[0] * in[15] * 0.01, F2 = v[1] * in[16] * 0.01, F3 = v[2] * (1 - step_idv[5]) * in[14] * 0.01;
  double F4 = v[3] * (1 - 0.2 * step_idv[6]) * in[17] * 0.01 + 1e-10, F11 = v[6] * 1500 * 0.01, F13 = v[7] * 1000 * 0.01;
  double F6 = 1937.6 * sqrt(positive(h.p - r.p)) / h.mass;
  double F8 = 4574.21 * sqrt(positive(r.p - s.p)) * (1 - 0.25 * in[11]) / r.mass;
  double F10 = v[5] * 0.151169 * sqrt(positive(s.p - 760)) / s.mass;
  double ratio = h.p / s.p;
  if (ratio < 1) ratio = 1;
  if (ratio > 1.3) ratio = 1.3;
  double mass9 = 280275 + 280275 / 1.197 * (1 - ratio * ratio * ratio);
  double work = mass9 * (s.t + 273.15) * 1.8e-6 * 1.9872 * (h.p - s.p) / (s.mass * s.p);
  mass9 -= v[4] * 53.349 * sqrt(positive(h.p - s.p));
  double F9 = (mass9 > 1e-3 ? mass9 : 1e-3) / s.mass;
  double h9 = s.hv + work / F9;

  double z4[3];
  z4[0] = in[0] - 0.03 * step_idv[0] - 0.00243719 * step_idv[1];
  z4[1] = in[1] + 0.005 * step_idv[1];
  z4[2] = 1 - z4[0] - z4[1];
  double split[C] = {0.995, 0.991, 0.99, 0.9999, 0.999, 0.999, 0.99, 0.98};
  if (F11 > 0.1) {
    static const double K[C] = {0, 0, 0, 8.501, 11.402, 11.795, 0.048, 0.0242};
    double f = c.t > 170 ? c.t - 120.262 : c.t < 5.292 ? 0.1 : 363.744 / (177 - c.t) - 2.22579488;
    double k = F4 / F11 * f;
    for (int i = 3; i < C; i++) split[i] = K[i] * k / (1 + K[i] * k);
  }
  double inflow[C], over[C], H5 = 0, g1 = 0, g2 = 0, g3 = 0, g0 = 0;
  for (int i = 0; i < 3; i++) inflow[i] = F4 * z4[i];
  for (int i = 3; i < C; i++) inflow[i] = F11 * s.x[i];
  for (int i = 0; i < C; i++) {
    over[i] = split[i] * inflow[i];
    g0 += over[i] * G0[i];
    g1 += over[i] * G1[i];
    g2 += over[i] * G2[i];
    g3 += over[i] * G3[i];
  }
  H5 = g0 + c.t * (g1 + c.t * (g2 + c.t * g3));

  double t1 = in[2] + 5 * step_idv[2];
  double h1 = 0.0001 * vapour(1, t1) + 0.9999 * vapour(3, t1);
  double h2 = 0.9999 * vapour(4, in[13]) + 0.0001 * vapour(5, in[13]);
  double h3 = 0.9999 * vapour(0, in[12]) + 0.0001 * vapour(1, in[12]);
  double h4 = z4[0] * vapour(0, in[3]) + z4[1] * vapour(1, in[3]) + z4[2] * vapour(2, in[3]);

  double level = r.liquid / 7.8;
  double wetted = level > 50 ? 1 : level < 10 ? 0 : 0.025 * level - 0.25;
  double a = (v[11] + 150) / 100;
  double Qr = wetted * (-0.5 * a * a + 2.75 * a - 2.5) * 0.85549 * (y[36] - r.t) * (1 - 0.35 * in[9]);
  double load = F8 / 3528.73;
  double Qs = 0.404655 * (1 - 1 / (1 + load * load * (load * load))) * (y[37] - r.t) * (1 - 0.25 * in[10]);
  double Qc = c.t < 100 ? v[8] * 0.03 * (1 + in[8]) * 0.01 * (100 - c.t) : 0;

  double leave = F9 + F10, H6 = h.hv * F6, H8 = r.hv * F8, H9 = h9 * F9, H11 = s.hl * F11;
  double gen[C] = {0};
  gen[0] = -r1 - r2 - r3;
  gen[2] = -r1 - r2;
  gen[3] = -r1 - 1.5 * r4;
  gen[4] = -r2 - r3;
  gen[5] = r3 + r4;
  gen[6] = r1;
  gen[7] = r2;
  for (int i = 0; i < C; i++) {
    double six = F6 * h.x[i], eight = F8 * r.v[i];
    dydt[i] = six - eight + gen[i];
    dydt[9 + i] = eight - leave * s.v[i] - (i < 3 ? 0 : inflow[i]);
    dydt[18 + i] = inflow[i] - over[i] - F13 * c.x[i];
    dydt[27 + i] = over[i] + F9 * s.v[i] - six;
  }
  dydt[8] = H6 - H8 + 0.06899381054 * r1 + 0.05 * r2 + Qr;
  dydt[17] = H8 - H9 - s.hv * F10 - H11 + Qs;
  dydt[26] = h4 * F4 + H11 - H5 - c.hl * F13 + Qc;
  dydt[27] += 0.9999 * F3;
  dydt[28] += 0.0001 * F1 + 0.0001 * F3;
  dydt[30] += 0.9999 * F1;
  dydt[31] += 0.9999 * F2;
  dydt[32] += 0.0001 * F2;
  dydt[35] = h1 * F1 + h2 * F2 + h3 * F3 + H5 + H9 - H6;
  dydt[36] = (v[9] * in[18] * 0.01 * 500.53 * (in[4] + 5 * step_idv[3] - y[36]) - Qr * 1e6 / 1.8) / 7060;
  dydt[37] = (v[10] * in[19] * 0.01 * 500.53 * (in[5] + 5 * step_idv[4] - y[37]) - Qs * 1e6 / 1.8) / 11138;
  for (int i = 0; i < 12; i++) dydt[38 + i] = (demand[i] - v[i]) * valve_per_h[i];

  const double k = 0.359 / 35.3145;
  xmeas[0] = F3 * k;
  xmeas[1] = F1 * (0.0001 * M[1] + 0.9999 * M[3]) * 0.454;
  xmeas[2] = F2 * (0.9999 * M[4] + 0.0001 * M[5]) * 0.454;
  xmeas[3] = F4 * k;
  xmeas[4] = F9 * k;
  xmeas[5] = F6 * k;
  xmeas[6] = gauge(r.p);
  xmeas[7] = (r.liquid - 84.6) / 666.7 * 100;
  xmeas[8] = r.t;
  xmeas[9] = F10 * k;
  xmeas[10] = s.t;
  xmeas[11] = (s.liquid - 27.5) / 290 * 100;
  xmeas[12] = gauge(s.p);
  xmeas[13] = F11 / s.density / 35.3145;
  xmeas[14] = (c.liquid - 78.25) / 156.5 * 100;
  xmeas[15] = gauge(h.p);
  xmeas[16] = F13 / c.density / 35.3145;
  xmeas[17] = c.t;
  xmeas[18] = Qc * 1040 * 0.454;
  xmeas[19] = work * 293.07;
  xmeas[20] = y[36];
  xmeas[21] = y[37];

  return xmeas[6] > 3000 || r.liquid / 35.3145 > 24 || r.liquid / 35.3145 < 2 || r.t > 175 ||
         s.liquid / 35.3145 > 12 || s.liquid / 35.3145 < 1 || c.liquid / 35.3145 > 8 || c.liquid / 35.3145 < 1;
}

int main(int argc, char **argv) {
  long steps = argc > 1 ? atol(argv[1]) : 10000;
  for (int i = 0; i < C; i++) {
    L1[i] = M[i] * AH[i] * 1.8;
    L2[i] = M[i] * BH[i] * (1.8 / 2);
    L3[i] = M[i] * CH[i] * (1.8 / 3);
    G0[i] = M[i] * AV[i];
    G1[i] = M[i] * AG[i] * 1.8;
    G2[i] = M[i] * BG[i] * (1.8 / 2);
    G3[i] = M[i] * CG[i] * (1.8 / 3);
  }
  frequency[0] = exp(31.5859536);
  frequency[1] = exp(3.00094014);
  frequency[2] = exp(53.4060443);
  for (int i = 0; i < N; i++) y[i] = BASE[i];
  for (int i = 0; i < 12; i++) demand[i] = y[38 + i], valve_per_h[i] = 3600 / LAG_S[i];
  for (int i = 0; i < 20; i++) walk[i][1] = 1e9, walk[i][2] = CENTRE[i];

  struct timespec from, to;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &from);
  double time_h = 0;
  for (long n = 0; n < steps; n++) {
    for (int i = 0; i < 12; i++) {
      if (time_h >= walk[i][1]) return 1;
      double H = time_h - walk[i][0];
      in[i] = walk[i][2] + H * (walk[i][3] + H * (walk[i][4] + H * walk[i][5]));
    }
    for (int i = 12; i < 20; i++) in[i] = walk[i][2];
    int stopped = derivatives();
    if (stopped)
      for (int i = 0; i < N; i++) dydt[i] = 0;
    time_h += 1.0 / 3600;
    for (int i = 0; i < N; i++) y[i] += dydt[i] * (1.0 / 3600);
  }
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &to);
  printf("%.0f", (to.tv_sec - from.tv_sec) * 1e9 + (to.tv_nsec - from.tv_nsec));
  for (int i = 0; i < 22; i++) printf(" %.17g", xmeas[i]);
  printf("\n");
  return 0;
}

// Arithmetic of 128 bits, which compilers call by these names.

#include <stdint.h>
#include <pyheap_libc.h>

typedef __int128 wide;
typedef union {
    wide value;
    struct {
        uint64_t low, high;
    };
} Halves;

// a * b by halves of 32 bits.
PYHEAP_DEFINED wide __multi3(wide a, wide b) {
    const Halves x = {a}, y = {b};
    const uint64_t mask = 0xffffffff, x0 = x.low & mask, x1 = x.low >> 32, y0 = y.low & mask, y1 = y.low >> 32;
    const uint64_t low = x0 * y0, middle = x1 * y0 + (low >> 32), other = x0 * y1 + (middle & mask);
    Halves product;
    product.low = (other << 32) | (low & mask);
    product.high = x1 * y1 + (middle >> 32) + (other >> 32) + x.high * y.low + x.low * y.high;
    return product.value;
}

PYHEAP_DEFINED wide __lshrti3(wide a, int n) {
    const Halves x = {a};
    Halves moved = x;
    if (n >= 64) {
        moved.low = x.high >> (n - 64);
        moved.high = 0;
    } else if (n > 0) {
        moved.low = x.low >> n | x.high << (64 - n);
        moved.high = x.high >> n;
    }
    return moved.value;
}

PYHEAP_DEFINED wide __ashlti3(wide a, int n) {
    const Halves x = {a};
    Halves moved = x;
    if (n >= 64) {
        moved.high = x.low << (n - 64);
        moved.low = 0;
    } else if (n > 0) {
        moved.high = x.high << n | x.low >> (64 - n);
        moved.low = x.low << n;
    }
    return moved.value;
}

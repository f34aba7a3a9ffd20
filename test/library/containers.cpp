// new and delete, and containers of C++'s library, on the heap.
#include <cstdint>
#include <cstdio>
#include <map>
#include <memory>
#include <new>
#include <string>
#include <vector>

struct alignas(64) Line {
    int value[16];
};

int main() {
    std::map<std::string, std::vector<int>> groups;
    for (int k = 0; k < 20000; k++) groups[std::to_string(k % 997) + " is the name of a group"].push_back(k);
    std::vector<std::unique_ptr<Line>> lines;
    for (int k = 0; k < 1000; k++) {
        lines.push_back(std::make_unique<Line>());
        lines.back()->value[0] = k;
        if (reinterpret_cast<std::uintptr_t>(lines.back().get()) % 64 != 0) return 1;
    }
    long sum = 0;
    for (const auto &[name, numbers] : groups)
        for (int number : numbers) sum += number + static_cast<long>(name.size());
    for (const auto &line : lines) sum += line->value[0];
    if (new (std::nothrow) char[std::size_t{3} << 30] != nullptr) return 1;
    std::printf("%ld\n", sum);
}

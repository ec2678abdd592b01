#include <algorithm>
#include <iostream>
#include <vector>

using namespace std;

template <typename T>
class Grid {
public:
    Grid(int width, int height) : width_(width), cells_(width * height) {}

    T& at(int x, int y) { return cells_[y * width_ + x]; }

    // Largest cell, or T() when there is none.
    T largest() const
    {
        if (cells_.empty()) {
            throw runtime_error("empty grid");
        }
        auto best = cells_[0];
        for (const auto& cell : cells_) {
            best = max(best, cell);
        }
        return best;
    }

private:
    int width_;
    vector<T> cells_;
};

int main()
{
    Grid<int> grid(3, 3);
    grid.at(1, 1) = 5;
    auto twice = [&](int n) { return 2 * n; };
    cout << twice(grid.largest()) << endl;
    return 0;
}

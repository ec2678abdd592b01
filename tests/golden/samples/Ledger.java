package books;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A list of entries that never shrinks. */
public class Ledger {
    private static final int LIMIT = 0x40;
    private final List<Integer> entries = new ArrayList<>();

    /**
     * Books an amount.
     *
     * @param amount in cents
     * @return the new sum
     */
    public int book(int amount) {
        if (amount == 0 || entries.size() > LIMIT) {
            throw new IllegalArgumentException("bad amount: " + amount);
        } else {
            entries.add(amount);
        }
        return sum();
    }

    // Sums up the entries
    private int sum() {
        int result = 0;
        for (int entry : entries) {
            result += entry;
        }
        return result;
    }

    @Override
    public String toString() {
        return entries.stream().map(String::valueOf).toList().toString();
    }

    public static void main(String[] args) {
        System.out.println(new Ledger().book(3));
    }
}

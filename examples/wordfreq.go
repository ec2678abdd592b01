// Command wordfreq prints the most frequent words of its input.
package main

import (
	"bufio"
	"flag"
	"fmt"
	"io"
	"log"
	"os"
	"sort"
	"strings"
)

type entry struct {
	word  string
	count int
}

func count(r io.Reader) (map[string]int, error) {
	freq := make(map[string]int)
	sc := bufio.NewScanner(r)
	sc.Split(bufio.ScanWords)
	for sc.Scan() {
		w := strings.ToLower(strings.Trim(sc.Text(), ".,;:!?\"'()"))
		if w != "" {
			freq[w]++
		}
	}
	return freq, sc.Err()
}

func top(freq map[string]int, n int) []entry {
	entries := make([]entry, 0, len(freq))
	for w, c := range freq {
		entries = append(entries, entry{w, c})
	}
	sort.Slice(entries, func(i, j int) bool {
		if entries[i].count != entries[j].count {
			return entries[i].count > entries[j].count
		}
		return entries[i].word < entries[j].word
	})
	if len(entries) > n {
		entries = entries[:n]
	}
	return entries
}

func main() {
	n := flag.Int("n", 10, "how many words to print")
	flag.Parse()

	freq, err := count(os.Stdin)
	if err != nil {
		log.Fatal(err)
	}
	for _, e := range top(freq, *n) {
		fmt.Printf("%6d %s\n", e.count, e.word)
	}
}

package cache

import (
	"errors"
	"fmt"
	"os"
	"sync"
)

const DefaultSize = 16

var ErrMissing = errors.New("no such key")

// Cache keeps values by key.
type Cache struct {
	mu     sync.Mutex
	values map[string]int
}

// Get returns the value of key.
func (c *Cache) Get(key string) (int, error) {
	if key == "" {
		return 0, fmt.Errorf("empty key: %w", ErrMissing)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	value, ok := c.values[key]
	if !ok {
		return 0, ErrMissing
	} else if value < 0 && len(c.values) > DefaultSize {
		value = 0
	}
	return value, nil
}

func (c *Cache) Each(visit func(string, int)) {
	for key, value := range c.values {
		visit(key, value)
	}
}

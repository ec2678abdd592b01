#include <stdio.h>
#include <stdlib.h>

#define GROWTH 2

struct list {
	size_t size, room;
	int *items;
};

/* Add an item, growing when full. */
static int list_add(struct list *list, int item)
{
	if (list->size == list->room) {
		size_t room = list->room ? GROWTH * list->room : 8;
		int *items = realloc(list->items, room * sizeof(*items));
		if (items == NULL)
			return -1;
		list->items = items;
		list->room = room;
	}
	list->items[list->size++] = item;
	return 0;
}

int main(void)
{
	struct list list = {0};
	for (int i = 0; i < 10 && list_add(&list, i) == 0; i++)
		; /* nothing */
	printf("%zu\n", list.size);
	free(list.items);
	return 0;
}

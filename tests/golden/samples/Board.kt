package games

import java.io.File
import kotlin.math.abs

enum class Mark { CROSS, NOUGHT }

/** A board of nine cells. */
data class Board(val cells: List<Mark?>, val turn: Mark = Mark.CROSS) {

    fun play(at: Int): Board {
        if (cells[at] != null || at < 0) {
            throw IllegalArgumentException("cell $at is taken")
        }
        val next = cells.toMutableList()
        next[at] = turn
        return copy(cells = next)
    }

    // Counts the marks of one side.
    fun count(mark: Mark): Int = cells.count { it == mark }
}

fun main() {
    val board = Board(List(9) { null })
    val name = when (board.turn) {
        Mark.CROSS -> "x"
        else -> "o"
    }
    println(if (board.count(Mark.NOUGHT) > 0) name else "nobody ${abs(-1)}")
}

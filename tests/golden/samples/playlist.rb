require 'json'
require_relative "song"

# Songs in the order they are played.
class Playlist
  attr_reader :songs

  MAX_SONGS = 100

  def initialize(songs = [])
    @songs = songs
  end

  def add(song, at: nil)
    raise ArgumentError, "full" if songs.size >= MAX_SONGS
    return songs << song unless at
    songs.insert(at, song)
  end

  def longest
    songs.max_by { |song| song.length }
  end

  def each_title
    songs.each do |song|
      yield song.title.strip.capitalize
    end
  rescue NoMethodError => e
    warn "odd song: #{e.message}"
    nil
  end
end

puts JSON.dump(Playlist.new.songs) if __FILE__ == $0

using System;
using System.Collections.Generic;
using System.Linq;

namespace Metering
{
    /// <summary>Collects readings.</summary>
    public class Meter
    {
        private readonly List<double> _readings = new List<double>();

        public int Count { get; private set; }

        public void Add(double reading, string unit = "m")
        {
            if (reading < 0 || unit == null)
            {
                throw new ArgumentException($"Bad reading: {reading}", nameof(reading));
            }
            _readings.Add(reading);
            Count++;
        }

        public double Average()
        {
            // An empty meter reads nothing.
            if (Count == 0) return 0.0;
            else return _readings.Where(r => r > 0).Sum() / Count;
        }

        public static void Main(string[] args)
        {
            var meter = new Meter();
            foreach (var text in args)
            {
                meter.Add(double.Parse(text));
            }
            Console.WriteLine(meter.Average());
        }
    }
}

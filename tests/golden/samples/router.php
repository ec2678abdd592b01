<?php

namespace App\Http;

use App\Http\Request;
use App\Log\Writer;

/**
 * Sends requests to their handlers.
 */
class Router
{
    private array $routes = [];

    public function add(string $path, callable $handler): void
    {
        $this->routes[$path] = $handler;
    }

    public function handle(Request $request, $fallback = null)
    {
        if ($request === null) {
            return false;
        }
        foreach ($this->routes as $path => $handler) {
            if ($path == $request->path && is_callable($handler)) {
                return $handler($request);
            } elseif ($path === '*') {
                $fallback = $handler;
            }
        }
        // nothing fits
        $found = $fallback ?? "no route for {$request->path}";
        return $found;
    }
}

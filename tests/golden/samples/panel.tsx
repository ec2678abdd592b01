import React, { useState } from 'react';

type Props = { title: string; onClose?: () => void };

export const Panel: React.FC<Props> = ({ title, onClose }) => {
  const [open, setOpen] = useState<boolean>(true);

  if (!open) {
    return null;
  }

  return (
    <section className="panel">
      {/* the head */}
      <h2>It is called {title} today</h2>
      <button
        onClick={() => {
          setOpen(false);
          onClose && onClose();
        }}
      >
        Close
      </button>
    </section>
  );
};
